import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import type { CpuProfile } from "../../src/profiles/cpu-profile.ts";
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

async function started(preset: "one" | "two", tables = "") {
  const gateway = new Gateway({ preset, tables });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, alice };
}

/** Sends orders one after another until `done`; each is acknowledged. Returns how many. */
async function trade(alice: Client, done: Promise<unknown>): Promise<number> {
  let isOver = false;
  void done.finally(() => {
    isOver = true;
  });
  let count = 0;
  for (; !isOver; count++) {
    await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
    // The account may have 10,000 open orders.
    await Bun.sleep(2);
  }
  return count;
}

function profileOf(gateway: Gateway, capture: string, file: string): CpuProfile {
  return JSON.parse(readFileSync(join(gateway.data, "profiles", capture, file), "utf8")) as CpuProfile;
}

const namesOf = (profile: CpuProfile): string[] => profile.nodes.map(({ callFrame }) => callFrame.functionName);

for (const preset of ["one", "two"] as const) {
  test(`orders flow while all threads are profiled, and the lane's functions are in its profile; preset ${preset}`, async () => {
    const { gateway, alice } = await started(preset);
    const asked = ask(gateway, "POST", "/v1/profiles", { seconds: 2, why: "where the time goes" });
    const orders = await trade(alice, asked);
    const { status, body } = await asked;
    expect([status, body.result]).toEqual([200, "applied"]);
    expect(orders).toBeGreaterThan(50);
    const { name, files, missing } = body.capture;
    expect(missing).toEqual([]);
    expect(files.map((file: { name: string }) => file.name)).toContain("lane-0.cpuprofile");
    const lane = profileOf(gateway, name, "lane-0.cpuprofile");
    expect(lane.samples.length).toBeGreaterThan(200);
    for (const wanted of ["turn", "poll"]) expect(namesOf(lane)).toContain(wanted);
    expect(lane.nodes.some(({ callFrame }) => callFrame.url.endsWith("src/lane/loop.ts"))).toBe(true);
    expect(profileOf(gateway, name, "main.cpuprofile").samples.length).toBeGreaterThan(0);
    const page = await ask(gateway, "GET", `/v1/profiles/${name}/flame.html`);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.body).toContain("<h2>lane 0 (");
    expect(page.body).not.toMatch(/ (?:src|href)="/);
    const listed = await ask(gateway, "GET", "/v1/profiles");
    expect(listed.body).toEqual([body.capture]);
    // The sampling has ended: orders flow as before, and the kill switch's signal is still its own.
    await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
    expect(gateway.log).not.toContain("kill switch: engaged");
    gateway.signal("SIGUSR1");
    await gateway.said(/kill switch: engaged \(SIGUSR1\)/);
    expect(await gateway.stop(), gateway.log).toBe(0);
  });
}

test("one capture at a time; lanes and files that are not there are refused", async () => {
  const { gateway } = await started("one", "[profiles]\ncaptures = 2");
  const first = ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, why: "first" });
  await Bun.sleep(200);
  const second = await ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, why: "second" });
  expect([second.status, second.body.error.code]).toEqual([409, "refused"]);
  expect((await first).status).toBe(200);
  const none = await ask(gateway, "POST", "/v1/profiles", { thread: 9, seconds: 1, why: "no such lane" });
  expect(none.body.error.message).toBe("lane: expected 0 to 1, got 9");
  const { name } = (await ask(gateway, "GET", "/v1/profiles")).body[0];
  for (const file of ["capture.json", "..%2F..%2Flock", "nothing"])
    expect((await ask(gateway, "GET", `/v1/profiles/${name}/${file}`)).status).toBe(404);
  for (let i = 0; i < 2; i++) await ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, why: `${i}` });
  expect((await ask(gateway, "GET", "/v1/profiles")).body).toHaveLength(2);
});

test("a heap snapshot of the main thread is one that tools read", async () => {
  const { gateway, alice } = await started("one");
  const { body } = await ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, heap: true, why: "heap" });
  const path = join(gateway.data, "profiles", body.capture.name, "main.heapsnapshot");
  expect(existsSync(path)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { snapshot, nodes } = JSON.parse(readFileSync(path, "utf8"));
  expect(snapshot.meta.node_fields).toContain("self_size");
  expect(nodes.length).toBeGreaterThan(1_000);
  await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
});

test("collections of the main thread are listed", async () => {
  const { gateway } = await started("one");
  // A heap snapshot collects before it is made.
  await ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, heap: true, why: "heap" });
  await Bun.sleep(700);
  const { body } = await ask(gateway, "GET", "/v1/collections");
  expect(body.length).toBeGreaterThan(0);
  expect(body.some(({ thread }: { thread: string }) => thread === "main")).toBe(true);
  for (const { heapBytes, count } of body) {
    expect(heapBytes).toBeGreaterThan(0);
    expect(count).toBeGreaterThan(0);
  }
});
