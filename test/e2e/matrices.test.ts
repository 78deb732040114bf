import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { atLeast, type Version } from "../../src/counterparty/version.ts";
import { freePort, Gateway } from "./gateway.ts";
import { A_TO_D } from "./matrices/a-to-d.ts";
import { E_TO_L } from "./matrices/e-to-l.ts";
import { Play, ScriptClient, ScriptVenue } from "./matrices/play.ts";
import { nameOf } from "./versions.ts";

setDefaultTimeout(60_000);

/** Each matrix is played between each of these. */
const PAIRS: readonly (readonly [client: Version, venue: Version])[] = [
  ["FIX.4.0", "FIX.4.0"],
  ["FIX.4.2", "FIX.4.2"],
  ["FIX.4.4", "FIX.4.4"],
  ["FIX.5.0SP2", "FIX.5.0SP2"],
  ["FIX.4.2", "FIX.4.4"],
  ["FIX.4.4", "FIX.4.2"],
];

const names = PAIRS.map(([mine, theirs]) => `${nameOf(mine)}X${nameOf(theirs)}`);
const ports = PAIRS.map(() => freePort());
const gateway = new Gateway({
  tables:
    PAIRS.map(
      ([mine, theirs], i) => `
[client.sessions.C${names[i]}]
version = "${mine}"
accounts = ["ACC2"]
[venues.V${names[i]}]
address = "127.0.0.1:${ports[i]}"
version = "${theirs}"
reconnectMinMs = 20
[symbols.S${names[i]}]
venue = "V${names[i]}"
referencePrice = "100"
collarPercent = 1000`,
    ).join("\n") +
    `
[risk.accounts.ACC2]
maxOrderQty = 100_000
maxOrderNotional = 900_000_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000_000`,
});
const clients = PAIRS.map(([version], i) => new ScriptClient(`C${names[i]}`, gateway.clientPort, { version }));
const venues = PAIRS.map(([, version], i) => new ScriptVenue(ports[i]!, `V${names[i]}`, { version }));

beforeAll(async () => {
  for (const venue of venues) venue.listen();
  await gateway.start();
  await Promise.all(venues.map((venue) => venue.waitType(LOGON)));
  await Promise.all(clients.map((client) => client.logon()));
  for (const { compId } of venues) await gateway.said(`venue ${compId}: up`);
});

afterAll(async () => {
  for (const venue of venues) venue.stop();
  await gateway.remove();
});

for (const [i, [mine, theirs]] of PAIRS.entries()) {
  describe(`a client of ${mine}, a venue of ${theirs}`, () => {
    const known = [...A_TO_D, ...E_TO_L].filter(
      ({ since = "FIX.4.0" as Version }) => atLeast(mine, since) && atLeast(theirs, since),
    );

    test.each(known.map((matrix) => [matrix.name, matrix] as const))("%s", async (_, matrix) => {
      expect(gateway.isRunning).toBe(true);
      const terms = { 1: "ACC2", 40: "2", 44: "150", 54: "1", 55: `S${names[i]}` };
      const play = new Play(clients[i]!, venues[i]!, terms);
      await play.play(matrix);
      expect(play.faults).toEqual([]);
    });
  });
}

test("nobody has seen anything that breaks the standard", () => {
  expect([...clients, ...venues].flatMap(({ faults }) => faults)).toEqual([]);
});
