import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

// Who has set a kill switch, when and why: of every scope, by the API and by signals, and after a kill -9.

setDefaultTimeout(60_000);

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function made(tables = ""): Gateway {
  const gateway = new Gateway({ tables });
  ends.push(() => gateway.remove());
  return gateway;
}

interface Kill {
  readonly scope: string;
  readonly engaged: boolean;
  readonly by: string | null;
  readonly at: string | null;
  readonly why: string | null;
}

async function kills(gateway: Gateway): Promise<Record<string, Kill>> {
  const { body } = await ask(gateway, "GET", "/v1/kill-switch");
  return Object.fromEntries((body as Kill[]).map((kill) => [kill.scope, kill]));
}

const SCOPES = ["firm", "account:ACC1", "symbol:AAPL", "session:ALICE", "venue:VENUE"];

test("every scope says who, when and why, at once and after a kill -9; a state set by hand does so, too", async () => {
  const gateway = made();
  await gateway.start();
  const before = Date.now();
  for (const scope of SCOPES) {
    const { status } = await ask(gateway, "PUT", "/v1/kill-switch", { scope, engaged: true, why: `halt of ${scope}` });
    expect(status, scope).toBe(200);
  }
  await ask(gateway, "POST", "/v1/sessions/BOB/state", { state: "off", why: "moves its office" });
  const after = Date.now();
  const first = await kills(gateway);
  expect(Object.keys(first).sort()).toEqual([...SCOPES, "session:BOB"].sort());
  for (const scope of SCOPES) {
    const { by, at, why } = first[scope]!;
    expect([scope, by, why]).toEqual([scope, "root", `halt of ${scope}`]);
    expect(Date.parse(at!)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(at!)).toBeLessThanOrEqual(after + 1);
  }
  expect(first["session:BOB"]!.why).toBe("moves its office");
  await gateway.crash();
  await gateway.start();
  // The core knows who and when; the reasons are read from the journal, one after the other.
  const again = await until("all reasons", async () => {
    const now = await kills(gateway);
    return Object.values(now).every(({ why }) => why !== null) ? now : null;
  });
  expect(again).toEqual(first);

  // Lifting is a change, too.
  await ask(gateway, "PUT", "/v1/kill-switch", { scope: "session:ALICE", engaged: false, why: "all clear" });
  const { body } = await ask(gateway, "GET", "/v1/kill-switch?scope=session:ALICE");
  expect(body[0]).toMatchObject({ engaged: false, by: "root", why: "all clear" });
  const shown = await runToEnd(["ctl", "kill-switch", "--socket", join(gateway.data, "admin.sock")]);
  expect(shown.out).toMatch(/^symbol:AAPL +true +root +\S+.*\n {4}why: halt of symbol:AAPL$/m);
});

test("a signal is who, and the report of limit changes has every kill with who and why", async () => {
  const gateway = made();
  await gateway.start();
  gateway.signal("SIGUSR1");
  await gateway.said(/kill switch: engaged \(SIGUSR1\)/);
  expect((await kills(gateway)).firm).toMatchObject({ engaged: true, by: "SIGUSR1", why: "a signal to the process" });
  await ask(gateway, "PUT", "/v1/kill-switch", { scope: "firm", engaged: false, why: "the desk has called" });
  await ask(gateway, "PUT", "/v1/kill-switch", { scope: "venue:VENUE", engaged: true, why: "it sends nonsense" });
  await ask(gateway, "PUT", "/v1/kill-switch", { scope: "account:ACC1", engaged: true, why: "over its limit" });
  const { body } = await ask(gateway, "GET", "/v1/reports/limit-changes");
  const rows = body.rows.map(({ subject, name, setting, value, by, why }: Record<string, string | null>) =>
    [subject, name, setting, value, by, why].join(" | "),
  );
  expect(rows).toEqual([
    "firm |  | killed | true | SIGUSR1 | ",
    "firm |  | killed | false | root | the desk has called",
    "venue | VENUE | tradingState | cancel-only | root | it sends nonsense",
    "account | ACC1 | killed | true | root | over its limit",
  ]);
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toContain("kill switch engaged, asked for by SIGUSR1");
  expect(printed.out).toContain("venue VENUE is cancel-only, asked for by root");
});

test("a drain says who and why; the configuration is who where it engages the firm's", async () => {
  const gateway = made();
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  // Without an open order it ends at once.
  await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
  await ask(gateway, "POST", "/v1/system/drain", { deadlineS: 600, cancel: false, why: "a new machine" });
  const drained = await until("the reason", async () => {
    const { firm } = await kills(gateway);
    return firm!.why === null ? null : firm!;
  });
  expect(drained).toMatchObject({ engaged: true, by: "root", why: "a new machine" });
  const other = new Gateway({});
  ends.push(() => other.remove());
  writeFileSync(other.configFile, readFileSync(other.configFile, "utf8").replace("[risk]\n", "[risk]\nkill = true\n"));
  await other.start();
  expect((await kills(other)).firm).toMatchObject({ engaged: true, by: "configuration", why: "risk.kill" });
});
