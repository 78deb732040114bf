import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { listStreams, readStream } from "../../src/journal/store/reader.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const WARM = 'warmUp = "on"\nwarmUpMaxMs = 500';

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function prepared(setting: Partial<Setting>): { gateway: Gateway; venue: Venue } {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  ends.push(() => gateway.remove());
  ends.push(() => venue.stop());
  return { gateway, venue };
}

/** Every entry of every stream, but for its time; its payload only where it holds no time of its own. */
function entriesOf(gateway: Gateway, payloads: boolean): string[] {
  const found: string[] = [];
  for (const stream of listStreams(gateway.data).keys()) {
    readStream(gateway.data, stream, ({ kind, session, sequence, index, epoch, views, payloadAt, payloadLength }) => {
      const payload = views.bytes.slice(payloadAt, payloadAt + payloadLength).toHex();
      found.push([stream, kind, session, sequence, index, epoch, payloadLength, payloads ? payload : ""].join(" "));
    });
  }
  return found;
}

function filesOf(gateway: Gateway): string[] {
  return readdirSync(gateway.data)
    .filter((name) => name !== "lock" && name !== "stalls.json")
    .map((name) => `${name} ${statSync(`${gateway.data}/${name}`).size}`);
}

test.each(["one", "two", "wide"] as const)(
  "preset %s: a start with warm-up and a stop leave what one without leaves",
  async (preset) => {
    const cold = prepared({ preset, lanes: 'idle = "park"\nwarmUp = "off"' }).gateway;
    const warm = prepared({ preset, lanes: `idle = "park"\n${WARM}` }).gateway;
    for (const gateway of [cold, warm]) {
      await gateway.start();
      expect(await gateway.stop()).toBe(0);
    }
    expect(warm.log).toMatch(/lane 0: warmed up with [\d,]+ orders/);
    expect(cold.log).not.toContain("warmed up");
    expect(entriesOf(warm, true)).toEqual(entriesOf(cold, true));
    expect(filesOf(warm)).toEqual(filesOf(cold));
  },
);

async function trade(gateway: Gateway, venue: Venue): Promise<string[]> {
  venue.listen();
  await gateway.start();
  const venueLogon = await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  const logon = await alice.logon();
  await venueUp(alice);
  const told: string[] = [String(venueLogon), String(logon)];
  for (let quantity = 101; quantity < 110; quantity++) {
    const id = alice.order({ 38: quantity });
    const order = await venue.orderOf(quantity);
    told.push(String(await alice.report(id, "0")));
    venue.fill(order, quantity);
    told.push(String(await alice.report(id, "F")));
  }
  told.push(String(await alice.report(alice.order({ 38: 999_999 }), "8")));
  await alice.logout();
  expect(await gateway.stop()).toBe(0);
  return told.map((text) => text.replaceAll(/\d{8}-\d\d:\d\d:\d\d\.\d+/g, "TIME").replaceAll(/10=\d{3}/g, ""));
}

test("orders, their ids and the journal are the same after a warm-up, on a lane that spins", async () => {
  const cold = prepared({ lanes: 'idle = "spin"\nwarmUp = "off"' });
  const warm = prepared({ lanes: `idle = "spin"\n${WARM}` });
  const toldCold = await trade(cold.gateway, cold.venue);
  const toldWarm = await trade(warm.gateway, warm.venue);
  expect(toldWarm).toEqual(toldCold);
  expect(entriesOf(warm.gateway, false)).toEqual(entriesOf(cold.gateway, false));
  expect(warm.gateway.log).toContain("warmed up");
});
