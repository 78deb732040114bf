import { expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Places, type PlacesParts } from "../../src/client/places.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";

interface Given {
  /** The client that it has; "" none yet. */
  readonly client: string;
  readonly isDynamic: boolean;
  readonly isRetired?: boolean;
}

/** Places of these sessions, and the one that a Logon of FIRM finds. */
function found(sessions: readonly Given[]): number {
  const firm = ascii("FIRM");
  const ring = new OneToOne(new Views(new SharedArrayBuffer(4096)), 0, 4, 64);
  const places = new Places({
    scan: { bytes: firm, starts: [0], ends: [firm.length], find: () => 0 },
    links: sessions.map(({ client, isRetired = false }) => ({
      offReason: isRetired ? DisconnectReason.RETIRED : DisconnectReason.NONE,
      trades: true,
      stream: null,
      session: {
        identity: {
          peerCompId: client,
          sender: ascii(client),
          isLogonOf: () => client === "FIRM",
          couldBeOf: () => true,
        },
      },
    })),
    orders: ring,
    reports: ring,
    places: sessions.length,
    isDynamic: sessions.map(({ isDynamic }) => isDynamic),
    openOrders: new Int32Array(new SharedArrayBuffer(64)),
    openOrdersWords: sessions.map((_, place) => place),
  } as unknown as PlacesParts);
  for (const place of sessions.keys()) places.added(place);
  return places.find();
}

test("the client of a retired dynamic session gets a place of another group, or is refused as retired where none is free", () => {
  const retired = { client: "FIRM", isDynamic: true, isRetired: true };
  expect(found([retired, { client: "", isDynamic: true }])).toBe(1);
  expect(found([retired, { client: "", isDynamic: true, isRetired: true }])).toBe(0);
  expect(found([retired])).toBe(0);
});

test("the client of a retired session of its own gets no dynamic place", () => {
  expect(
    found([
      { client: "FIRM", isDynamic: false, isRetired: true },
      { client: "", isDynamic: true },
    ]),
  ).toBe(0);
});

test("another session that is there with the client's CompID comes before a retired one", () => {
  const retired = { client: "FIRM", isDynamic: false, isRetired: true };
  expect(found([retired, { client: "FIRM", isDynamic: false }])).toBe(1);
  expect(found([{ client: "OTHER", isDynamic: false }])).toBe(NONE);
});
