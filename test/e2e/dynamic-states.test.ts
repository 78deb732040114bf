import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway with two places for unknown clients. */
async function started() {
  const gateway = new Gateway();
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  const config = readFileSync(gateway.configFile, "utf8").replace(
    "[venues.VENUE]",
    '[client.sessions.ANY]\ndynamicSessions = 2\naccounts = ["ACC1"]\n[venues.VENUE]',
  );
  writeFileSync(gateway.configFile, config);
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const set = async (place: string, state: string): Promise<void> => {
    const { body } = await ask(gateway, "POST", `/v1/sessions/${place}/state`, { state, why: "a test" });
    expect(body.result).toBe("applied");
  };
  return { gateway, set, client: (id: string) => new Client(id, gateway.clientPort) };
}

async function isRefused(client: Client): Promise<void> {
  await client.connect();
  client.send(LOGON, [
    [98, 0],
    [108, 30],
  ]);
  await client.waitClosed();
  expect(client.received).toEqual([]);
}

test("the place of a client that may only cancel is given to no other, and the client gets it again", async () => {
  const { gateway, set, client } = await started();
  const [dan, eve] = [client("DAN"), client("EVE")];
  await dan.logon();
  await venueUp(dan);
  await set("ANY.1", "cancel-only");
  await dan.logout();
  await eve.logon();
  await gateway.said("client ANY.2: belongs to EVE from now on");
  await eve.report(eve.order({ 38: 10, 44: "149" }), "0");
  await isRefused(client("FAYE"));
  await dan.logon();
  expect((await dan.report(dan.order({ 38: 10, 44: "149" }), "8")).text(58)).toContain("CANCEL");
  await set("ANY.1", "on");
  await dan.report(dan.order({ 38: 11, 44: "149" }), "0");
  expect([dan.faults, eve.faults]).toEqual([[], []]);
});

test("a place that is off and nobody's keeps no client from a free one", async () => {
  const { gateway, set, client } = await started();
  await set("ANY.1", "off");
  const dan = client("DAN");
  await dan.logon();
  await gateway.said("client ANY.2: belongs to DAN from now on");
  await isRefused(client("EVE"));
  await set("ANY.1", "on");
  await client("EVE").logon();
  await gateway.said("client ANY.1: belongs to EVE from now on");
});
