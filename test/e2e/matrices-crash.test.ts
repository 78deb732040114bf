import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { Gateway } from "./gateway.ts";
import { A_TO_D } from "./matrices/a-to-d.ts";
import { E_TO_L } from "./matrices/e-to-l.ts";
import { Play, ScriptClient, ScriptVenue } from "./matrices/play.ts";

setDefaultTimeout(60_000);

/*  Some of the matrices with a crash of the gateway after each step: what it knows, it knows from its journal. */
const ROWS = [...A_TO_D, ...E_TO_L].filter(({ name }) =>
  /^(C\.1\.c filled|E\.1\.f|H\.1\.b|J\.1\.a filled|J\.1\.b)/.test(name),
);

const gateway = new Gateway();
const client = new ScriptClient("ALICE", gateway.clientPort);
const venue = new ScriptVenue(gateway.venuePort, "VENUE", {});

beforeAll(async () => {
  venue.listen();
  await up();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

async function up(): Promise<void> {
  const logon = venue.waitType(LOGON);
  const from = gateway.log.length;
  await gateway.start();
  await logon;
  await client.logon();
  await gateway.said(/venue VENUE: up/, from);
}

test.each(ROWS.map((matrix) => [matrix.name, matrix] as const))(
  "%s, with a crash after each step",
  async (_, matrix) => {
    const terms = { 1: "ACC1", 40: "2", 44: "150", 54: "1", 55: "AAPL" };
    const play = new Play(client, venue, terms, async () => {
      await gateway.crash();
      await up();
    });
    await play.play(matrix);
    expect(play.faults).toEqual([]);
  },
);

test("nobody has seen anything that breaks the standard", () => {
  expect([...client.faults, ...venue.faults]).toEqual([]);
});
