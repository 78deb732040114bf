import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { executable, Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

/** Namespaces of another container. */
const ISOLATED = ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--mount-proc"];
const canUnshare =
  process.getuid?.() === 0 && Bun.spawnSync([...ISOLATED, "true"], { stderr: "ignore" }).exitCode === 0;

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A running gateway with a client and a venue that are logged on. */
async function trading(preset: "one" | "wide" = "one") {
  const gateway = new Gateway({ preset });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => gateway.remove());
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

/** What a second gateway on the data says; it has its own ports. */
function second(gateway: Gateway, data = gateway.data, wrapper: string[] = []): string {
  const other = new Gateway();
  ends.push(() => other.remove());
  const command = [...wrapper, executable(), "run", "--config", other.configFile, "--data", data];
  const { stderr, exitCode } = Bun.spawnSync(command, { stdout: "ignore", stderr: "pipe", timeout: 20_000 });
  const [last] = stderr.toString().trimEnd().split("\n").slice(-1);
  return `${exitCode} ${last}`;
}

const inUse = (data: string, pid: number | "" = ""): string =>
  `1 sallyport: data directory ${data}: in use by another process${pid === "" ? "" : ` (pid ${pid})`}; stop it, or give another --data directory`;
const removed = (data: string): string =>
  `1 sallyport: data directory ${data}: in use by another process, although it was removed or replaced meanwhile; stop that gateway first (its log has an alarm), or give another --data directory`;

test("the lock file is removed: an alarm, it is made again, and no second gateway starts meanwhile", async () => {
  const { gateway, alice } = await trading();
  unlinkSync(join(gateway.data, "lock"));
  expect(second(gateway)).toBe(inUse(gateway.data, gateway.pid));
  await gateway.said(
    /ALARM data directory: \S+\/lock was removed or replaced while the gateway runs; it is made again/,
  );
  expect(readFileSync(join(gateway.data, "lock"), "utf8")).toBe(`${gateway.pid}\n`);
  expect(second(gateway)).toBe(inUse(gateway.data, gateway.pid));
  await alice.report(alice.order({ 38: 10 }), "0");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test.each(["one", "wide"] as const)(
  "the directory is removed: alarms, and no second gateway on its path; preset %s",
  async (preset) => {
    const { gateway, alice } = await trading(preset);
    rmSync(gateway.data, { recursive: true });
    expect(second(gateway)).toBe(removed(gateway.data));
    await gateway.said(
      /ALARM data directory: \S+\/data was removed or replaced while the gateway runs: its journal may end/,
    );
    // The second one has made it: it is another directory.
    expect(existsSync(gateway.data)).toBe(true);
    expect(second(gateway)).toBe(removed(gateway.data));
    await gateway.said(/ALARM data directory: \S+\/data was removed or replaced while the gateway runs \(since \S+Z\)/);
    // What is open can still be cancelled.
    const order = alice.order({ 38: 10 });
    await alice.report(order, "0");
    await alice.report(alice.cancel(order), "4");
    expect(await gateway.stop(), gateway.log).toBe(74);
    expect(gateway.log).toContain("data was removed or replaced: the journal of this run is lost");
  },
);

test("the directory is removed and the journal needs files: new orders are refused, and the end says why", async () => {
  const gateway = new Gateway({ segmentMiB: 1, tables: "snapshotMiB = 0" });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => gateway.remove());
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  rmSync(gateway.data, { recursive: true });
  while (alice.connected && !gateway.log.includes("process ended")) {
    const ids = Array.from({ length: 200 }, () => alice.order({ 38: 10, 44: "149" }));
    await Promise.race([alice.report(ids.at(-1)!).catch(() => {}), alice.closed]);
  }
  await gateway.said("process ended: 70");
  expect(gateway.log).toMatch(/ALARM journal: no file can be made for the journal: ENOENT \(.*New orders are refused/);
  expect(gateway.log).toMatch(/ERROR gateway: journal stream \w+: its next segment can't be made: ENOENT \(/);
});

test("the directory is moved: its new name and its old one are both in use", async () => {
  const { gateway } = await trading();
  const moved = join(gateway.directory, "moved");
  renameSync(gateway.data, moved);
  expect(second(gateway, moved)).toBe(inUse(moved, gateway.pid));
  mkdirSync(gateway.data);
  expect(second(gateway)).toBe(removed(gateway.data));
  await gateway.said("ALARM data directory: ");
});

test.skipIf(!canUnshare)("another container: refused too, whatever was deleted (needs root)", async () => {
  const { gateway } = await trading();
  expect(second(gateway, gateway.data, ISOLATED)).toStartWith(inUse(gateway.data).slice(0, -60));
  unlinkSync(join(gateway.data, "lock"));
  expect(second(gateway, gateway.data, ISOLATED)).toBe(inUse(gateway.data));
  // The same directory under another name.
  const elsewhere = join(gateway.directory, "elsewhere");
  mkdirSync(elsewhere);
  const bound = [...ISOLATED, "bash", "-c", `mount --bind "$0" "$1" && exec "\${@:2}"`, gateway.data, elsewhere];
  expect(second(gateway, elsewhere, bound)).toBe(inUse(elsewhere));
  rmSync(gateway.data, { recursive: true });
  expect(second(gateway, gateway.data, ISOLATED)).toBe(removed(gateway.data));
});

test("a journal file in use is removed: an alarm that names it", async () => {
  const { gateway } = await trading();
  unlinkSync(join(gateway.data, "core-00000001.journal"));
  await gateway.said(/ALARM data directory: \S+\/core-00000001\.journal was removed while the gateway writes to it/);
});

test.each(["one", "wide"] as const)(
  "a journal file in use is cut: one true line, exit code 74, no other word; preset %s",
  async (preset) => {
    const { gateway, alice } = await trading(preset);
    const from = gateway.log.length;
    truncateSync(join(gateway.data, "core-00000001.journal"), 0);
    for (let i = 0; i < 3; i++) alice.order({ 38: 10 });
    await gateway.said("(process ended: 74)", from);
    const log = gateway.log.slice(from).replace(/^\S+ (?:INFO|ALARM) .*\n/gm, "");
    expect(log).toMatch(
      /^\S+Z ERROR gateway: \S+\/core-00000001\.journal was cut while the gateway writes to it: the gateway ends at once\. To examine what is left: sallyport journal repair \S+\n\(process ended: 74\)\n$/,
    );
  },
);

test("a journal file in use is cut while nothing is written: an alarm that names it", async () => {
  const { gateway } = await trading();
  const path = join(gateway.data, "client0-00000001.journal");
  let before = Buffer.alloc(0);
  let looks = 0;
  await until("a file that has the Logon, and into which nothing more is written", () => {
    const now = readFileSync(path);
    looks = now.equals(before) && now.includes("35=A") ? looks + 1 : 0;
    before = now;
    return looks === 10;
  });
  truncateSync(path, 4096 * 64);
  await gateway.said(
    /ALARM data directory: \S+\/client0-00000001\.journal was cut to 262144 bytes while the gateway writes to it/,
  );
});

test("after the end the directory is free", async () => {
  const { gateway } = await trading();
  rmSync(gateway.data, { recursive: true });
  await gateway.said("ALARM data directory: ");
  await gateway.crash();
  await gateway.start();
  expect(await gateway.stop(), gateway.log).toBe(0);
});
