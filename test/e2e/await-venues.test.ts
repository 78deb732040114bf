import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(setting: Partial<Setting> = {}) {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  return { gateway, venue, alice };
}

for (const preset of ["one", "wide"] as const) {
  test(`killed, with its venue back a second later, it refuses no order; preset ${preset}`, async () => {
    const { gateway, venue, alice } = await started({ preset, client: "awaitVenuesMs = 20_000" });
    await alice.report(alice.order({ 38: 10 }), "0");
    await gateway.crash();
    await Promise.all([alice.waitClosed(), venue.waitClosed()]);
    venue.stop();
    const since = gateway.log.length;
    await gateway.start();
    const bob = new Client("BOB", gateway.clientPort);
    const logons = [alice.logon(), bob.logon()];
    await gateway.said("Logons wait until all venues are up", since);
    expect(gateway.log.slice(since)).not.toContain("logged on");
    venue.listen();
    await Promise.all(logons);
    // The first order at once: the core knows that the venue is up.
    const reports = [alice.order({ 38: 11 }), bob.order({ 38: 12 })].map((id, i) => [alice, bob][i]!.report(id));
    for (const report of await Promise.all(reports)) expect(report.get(150)).toBe("0");
    await gateway.said(/all venues are up \d+ ms after the start: Logons are answered/, since);
    expect(gateway.log.slice(since)).not.toContain("VENUE_DOWN");
  });
}

test("after its time a Logon is answered without the venue, and an order is refused", async () => {
  const gateway = new Gateway({ client: "awaitVenuesMs = 1500" });
  ends.push(() => gateway.remove());
  await gateway.start();
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await gateway.said(/Logons are answered \d+ ms after the start, although 1 venue is not up/);
  const refused = await alice.report(alice.order({ 38: 1 }));
  expect([refused.get(150), refused.get(58)]).toEqual(["8", "CORE-202 VENUE_DOWN"]);
  // Later Logons wait for nobody, also without a venue.
  await new Client("BOB", gateway.clientPort).logon();
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => venue.stop());
  venue.listen();
  await venueUp(alice);
});

test("a client that connects again while its Logon waits takes the place of its old connection; one that hangs up is forgotten", async () => {
  const gateway = new Gateway({ client: "awaitVenuesMs = 20_000\nlogonTimeoutMs = 500\nmaxBeforeLogon = 1" });
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  await gateway.start();
  const first = new Client("ALICE", gateway.clientPort);
  await first.connect();
  first.sendLogon(false);
  await gateway.said("Logons wait");
  const second = new Client("ALICE", gateway.clientPort);
  await second.connect();
  second.sendLogon(false);
  await first.waitClosed();
  const gone = new Client("BOB", gateway.clientPort);
  await gone.connect();
  gone.sendLogon(false);
  gone.drop();
  await gateway.said("peer closed the connection");
  // Longer than the time of a connection without a Logon.
  await Bun.sleep(700);
  const bob = new Client("BOB", gateway.clientPort);
  await bob.connect();
  bob.sendLogon(false);
  venue.listen();
  await Promise.all([second.waitType(LOGON), bob.waitType(LOGON)]);
  await bob.report(bob.order({ 38: 1 }), "0");
});

test("a Logon that has waited is as old as it was when it came", async () => {
  const gateway = new Gateway({ client: "awaitVenuesMs = 3000" });
  const text = readFileSync(gateway.configFile, "utf8");
  writeFileSync(
    gateway.configFile,
    text.replace("[client.sessions.ALICE]", "[client.sessions.ALICE]\nmaxLatencyS = 1"),
  );
  ends.push(() => gateway.remove());
  await gateway.start();
  await new Client("ALICE", gateway.clientPort).logon();
});
