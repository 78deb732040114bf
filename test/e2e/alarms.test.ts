import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, now, RESEND_REQUEST } from "../../src/counterparty/message.ts";
import { AlarmReceiver, type Manner } from "../alarms/receiver.ts";
import { until } from "../eventually.ts";
import { readExposition, sumOf } from "../metrics/exposition.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Rules that fire on any small machine, and peers that no test has. */
const OFF = 'off = ["stalls", "clock-offset", "session-down", "disk-free", "collections"]';

async function started(alarms: (receiver: AlarmReceiver, gateway: Gateway) => string, script: Manner[] = []) {
  const receiver = await new AlarmReceiver(script).listen();
  ends.push(() => receiver.stop());
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, `${config}\n[alarms]\n${OFF}\n${alarms(receiver, gateway)}\n`);
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  return { gateway, venue, receiver };
}

const webhook =
  (more = "") =>
  (receiver: AlarmReceiver) =>
    `url = "${receiver.url}"\nroutingKey = "R-e2e"\n${more}`;

test("a venue goes down: the receiver gets trigger within 5 s, and resolve with the same key when it is up again", async () => {
  const { gateway, venue, receiver } = await started(webhook());
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  venue.stop();
  const downMs = Date.now();
  const trigger = await receiver.event("trigger", "venue-down venue VENUE");
  expect(trigger.atMs - downMs).toBeLessThan(5_000);
  expect(trigger.body).toMatchObject({ routing_key: "R-e2e", payload: { severity: "critical", class: "venue-down" } });
  expect(trigger.body.payload!.source).toStartWith("GATEWAY@");
  const [alarm] = (await ask(gateway, "GET", "/v1/alarms")).body;
  expect(alarm).toMatchObject({ rule: "venue-down", subject: "venue VENUE", state: "firing" });
  expect(alarm.dedupKey).toBe(trigger.body.dedup_key);
  venue.listen();
  const resolve = await receiver.event("resolve", "venue-down venue VENUE");
  expect(resolve.body.dedup_key).toBe(trigger.body.dedup_key);
  expect((await ask(gateway, "GET", "/v1/alarms")).body).toEqual([]);
  expect((await ask(gateway, "GET", "/v1/alarms?state=resolved")).body[0].resolvedAt).toBeString();
  expect(gateway.log).toContain("ALARM alarms: venue-down: venue VENUE: disconnected in its hours");
  expect(gateway.log).not.toContain("R-e2e");
});

test("the receiver fails, hangs and resets: each event comes once, in order, and the gateway trades on", async () => {
  const { gateway, venue, receiver } = await started(webhook("timeoutMs = 500"), [503, "hang", "reset", "take", 500]);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  venue.stop();
  await receiver.event("trigger", "venue-down", 40_000);
  venue.listen();
  await receiver.event("resolve", "venue-down", 40_000);
  expect(receiver.taken.map(({ body }) => body.event_action)).toEqual(["trigger", "resolve"]);
  await until("a delivery without a problem", async () => {
    const [view] = (await ask(gateway, "GET", "/v1/alarms/deliveries")).body;
    return view.waiting === 0 && view.delivered === 2 && view.retries === 4 && view.problem === "";
  });
  await venueUp(alice);
});

test("an alarm outlives a kill: the next run ends it with the same key", async () => {
  const { gateway, venue, receiver } = await started(webhook());
  venue.stop();
  const { body } = await receiver.event("trigger", "venue-down");
  await until("the state on the disk", () => existsSync(join(gateway.data, "alarms.json")));
  await gateway.crash();
  venue.listen();
  await gateway.start();
  expect((await receiver.event("resolve", "venue-down")).body.dedup_key).toBe(body.dedup_key);
});

test("a test alarm, acknowledgement and silences, by ctl: the journal has who and why", async () => {
  const { gateway, venue, receiver } = await started(webhook());
  const socket = ["--socket", join(gateway.data, "admin.sock")];
  const ctl = async (...words: string[]) => {
    const ended = await runToEnd(["ctl", ...words, ...socket]);
    expect(ended.err).toBe("");
    return ended.out;
  };
  await ctl("alarm", "test", "--why", "new pager");
  await receiver.event("trigger", "test");
  await receiver.event("resolve", "test");

  await ctl("silence", "add", "--rule", "venue-*", "--minutes", "5", "--why", "their upgrade");
  venue.stop();
  await until("the alarm", async () => (await ask(gateway, "GET", "/v1/alarms")).body.length === 1);
  const [silence] = JSON.parse(await ctl("silences", "--json"));
  expect(silence).toMatchObject({ rule: "venue-*", subject: "*", by: "root", why: "their upgrade" });
  const [alarm] = JSON.parse(await ctl("alarms", "--json"));
  expect(alarm.silencedBy).toBe(silence.id);
  expect(receiver.taken).toHaveLength(2);
  await ctl("silence", "end", silence.id, "--why", "they are late");
  await receiver.event("trigger", "venue-down");

  await ctl("alarm", "acknowledge", alarm.id, "--why", "calling them");
  await receiver.event("acknowledge", "venue-down");
  expect(await ctl("alarms")).toMatch(
    /^id +severity +state +since +alarm +about\n.*critical +acknowledged .* venue VENUE\n +what: /,
  );
  expect((await ask(gateway, "POST", `/v1/alarms/${alarm.id}/acknowledge`, { why: "again" })).body.result).toBe(
    "unchanged",
  );
  expect(await ask(gateway, "POST", "/v1/alarms/99/acknowledge", { why: "x" })).toMatchObject({
    status: 404,
    body: { error: { code: "not-found" } },
  });
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  for (const text of [
    "asked for alarm.test: new pager",
    "asked for silence.add venue-*, *",
    "asked for silence.end venue-*, *",
    "asked for alarm.acknowledge venue-down venue VENUE",
  ])
    expect(out).toContain(text);
});

test("a command is told, one that fails is told again, and a limit is said at its percentages", async () => {
  let told = "";
  const { gateway, venue } = await started((_, { directory }) => {
    told = join(directory, "told");
    const script = join(directory, "tell.sh");
    writeFileSync(
      script,
      `#!/bin/sh\n[ -e "$1.once" ] || { touch "$1.once"; echo no line >&2; exit 1; }\ncat >> "$1"\n`,
    );
    chmodSync(script, 0o755);
    return `command = ["${script}", "${told}"]`;
  });
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  // Of the account's two open orders.
  const id = alice.order({ 1: "FEW" });
  await alice.report(id, "0");
  const second = alice.order({ 1: "FEW" });
  await alice.report(second, "0");
  // The last line may be under way.
  const lines = () => (existsSync(told) ? readFileSync(told, "utf8").split("\n").slice(0, -1) : []);
  const events = () => lines().map((line) => JSON.parse(line));
  const limit = await until("the limit", () => events().find(({ alarm }) => alarm.rule === "limit-used"), 30_000);
  expect(limit).toMatchObject({
    action: "trigger",
    alarm: { subject: "account FEW maxOpenOrders", severity: "critical", text: "100 % used: 2 of 2" },
  });
  expect(limit.source).toStartWith("GATEWAY@");
  expect(gateway.log).toMatch(/WARN {2}alarms: command: .* ended with 1: no line/);
  await alice.report(alice.cancel(id, { 1: "FEW" }), "4");
  await alice.report(alice.cancel(second, { 1: "FEW" }), "4");
  await until("the end", () => events().find(({ action }) => action === "resolve"), 30_000);
  venue.stop();
});

test("a sequence gap that stays, and the kill switch: each is said, and its end", async () => {
  const { gateway, venue, receiver } = await started(webhook());
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  gateway.signal("SIGUSR1");
  const first = alice.nextOut;
  alice.sendAs("D", first + 1, alice.orderBody({ 11: "AHEAD", 38: 777 }));
  await alice.waitType(RESEND_REQUEST);
  expect((await receiver.event("trigger", "kill-switch firm")).body.payload!.severity).toBe("critical");
  expect((await receiver.event("trigger", "sequence-gap session ALICE")).body.payload!.severity).toBe("error");
  expect((await ask(gateway, "GET", "/v1/sessions/ALICE")).body.hasGap).toBe(true);
  alice.sendAs("4", first, [
    [43, "Y"],
    [122, now()],
    [123, "Y"],
    [36, first + 1],
  ]);
  await receiver.event("resolve", "sequence-gap session ALICE");
  gateway.signal("SIGUSR2");
  await receiver.event("resolve", "kill-switch firm");
  const kill = (engaged: boolean) =>
    ask(gateway, "PUT", "/v1/kill-switch", { scope: "account:FEW", engaged, why: "their model is wrong" });
  expect((await kill(true)).status).toBe(200);
  await receiver.event("trigger", "kill-switch account:FEW");
  expect((await kill(false)).status).toBe(200);
  await receiver.event("resolve", "kill-switch account:FEW");
  venue.stop();
});

test("a venue that an operator has switched off is no alarm; one that is down then is resolved", async () => {
  const { gateway, venue, receiver } = await started(webhook());
  venue.stop();
  await receiver.event("trigger", "venue-down venue VENUE");
  const off = await ask(gateway, "POST", "/v1/venues/VENUE/state", { state: "off", why: "they have closed" });
  expect(off.status).toBe(200);
  await receiver.event("resolve", "venue-down venue VENUE");
  expect(sumOf(readExposition((await ask(gateway, "GET", "/metrics")).body), "sallyport_venue_expected")).toBe(0);
});

test("a p99 above its bound is an alarm within two intervals", async () => {
  const { gateway, receiver } = await started(webhook("latencyP99Us = 1\nbaseline = false"));
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  let sending = true;
  const flow = (async () => {
    while (sending) {
      const ids = Array.from({ length: 100 }, () => alice.order({ 38: 10 }));
      for (const id of ids) await alice.report(id, "0");
      for (const id of ids) await alice.report(alice.cancel(id), "4");
    }
  })();
  const { body } = await receiver.event("trigger", "latency stage send", 60_000);
  sending = false;
  await flow;
  expect(body.payload!.summary).toMatch(/^latency: stage send: p99 [\d,]+ µs, bound 1 µs$/);
});
