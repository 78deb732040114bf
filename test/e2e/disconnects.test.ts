import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway();
const venue = new Venue(gateway.venuePort);

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

/** The journal's lines about ends and refusals, without their times. */
async function ends(): Promise<string[]> {
  const { out, err, code } = await runToEnd(["journal", "print", gateway.data]);
  expect([code, err]).toEqual([0, ""]);
  return out
    .split("\n")
    .filter((line) => /disconnected|refused/.test(line))
    .map((line) => line.slice(line.indexOf("**")));
}

test("a client that hangs up leaves one record in the log and in the journal", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  await alice.settle();
  const [last, out] = [alice.nextOut - 1, alice.nextIn - 1];
  alice.drop();
  const numbers = `last in ${last}, last out ${out}, 0 bytes pending, peer 127.0.0.1:`;
  await gateway.said(
    new RegExp(`client ALICE: disconnected: (peer closed the connection|connection lost); ${numbers}`),
  );
  const mine = (await ends()).filter((line) => line.includes("client ALICE"));
  expect(mine.length).toBe(1);
  expect(mine[0]).toMatch(/^\*\* client ALICE disconnected \(last in/);
  expect(mine[0]).toContain(numbers);
});

test("a venue that hangs up leaves one as well", async () => {
  const logons = venue.received.length;
  venue.drop();
  await gateway.said(/venue VENUE: down: .*; last in \d+, last out \d+, 0 bytes pending, peer 127\.0\.0\.1:\d+/);
  await venue.wait("another Logon", (message) => message.type === LOGON && venue.received.length > logons);
  const lines = (await ends()).filter((line) => line.includes("venue VENUE"));
  expect(lines.length).toBe(1);
});

test("so does each connection that is refused, with who it said it was", async () => {
  const refused = async (client: Client, first: () => void): Promise<void> => {
    await client.connect();
    first();
    await client.waitClosed();
    expect(client.received).toEqual([]);
  };
  const nobody = new Client("NOBODY", gateway.clientPort);
  await refused(nobody, () => {
    nobody.send(LOGON, [
      [98, 0],
      [108, 30],
    ]);
  });
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();
  const second = new Client("BOB", gateway.clientPort);
  await refused(second, () => {
    second.send(LOGON, [
      [98, 0],
      [108, 30],
    ]);
  });
  const early = new Client("ALICE", gateway.clientPort);
  await refused(early, () => early.order());
  await gateway.said("connection refused: wrong CompID; peer 127.0.0.1:");
  const wanted = [
    /^\*\* gateway connection refused: wrong CompID; peer 127\.0\.0\.1:\d+, logging on as NOBODY to GATEWAY$/,
    /^\*\* gateway connection refused: session is already connected; .*logging on as BOB to GATEWAY$/,
    /^\*\* gateway connection refused: first message is not a Logon; .*logging on as ALICE to GATEWAY$/,
  ];
  const lines = (await ends()).filter((line) => line.includes("refused"));
  expect(lines.length).toBe(wanted.length);
  for (const [i, line] of lines.entries()) expect(line).toMatch(wanted[i]!);
  await bob.settle();
});
