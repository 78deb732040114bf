import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS, until } from "../eventually.ts";
import type { Ended } from "./gateway.ts";
import { type Hook, START_MS } from "./overseer.ts";
import { ServerRoot } from "./server-root.ts";

setDefaultTimeout(240_000);

const server = new ServerRoot();
const opt = server.path("/opt/sallyport");
const record = join(opt, "upgrade.json");
const link = (name: string) => readlinkSync(join(opt, name));
/** The version that runs before each test. */
let first = "";
/** One that does all that the executable does: not the one that runs, another each time. */
let good = "";
let goods = 0;

beforeAll(async () => {
  await server.install();
  server.configure("sessionsWithinS = 0");
  expect(await server.overseer.start()).toBe("");
});
beforeEach(() => {
  first = link("current");
  good = server.offerLike(`good${++goods}`);
});
afterAll(() => server.remove());

/** Processes of this root's upgrade: the one that a user sees, and the one at work. */
function upgrades(): { pid: number; words: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), words: wordsOf(name) }))
    .filter(({ words }) => words.includes(server.root) && / (upgrade|finish-upgrade) /.test(words));
}

function wordsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function killAll(): void {
  for (const { pid } of upgrades()) process.kill(pid, "SIGKILL");
}

/** Kills at the first request like this; later ones find nobody else to kill. */
function once(verb: string, moment: "before" | "after", kill: () => void): Hook {
  let done = false;
  return (words, when) => {
    if (done || words[0] !== verb || when !== moment || !existsSync(record)) return;
    done = true;
    kill();
  };
}

/** The upgrade to the good version, killed as the hook says, and once more without it. */
async function killed(hook: Hook): Promise<Ended> {
  server.overseer.hook = hook;
  const cut = await server.on("upgrade", good);
  expect(cut.code).not.toBe(0);
  server.overseer.hook = () => {};
  await runs();
  expect(existsSync(record)).toBe(true);
  const ended = await server.on("upgrade", good);
  expect(ended).toMatchObject({ code: 0, err: "" });
  return ended;
}

/** A gateway is there, and takes connections. */
async function runs(): Promise<void> {
  // A restart that was asked for before the kill goes on without who asked.
  await server.overseer.idle();
  const { alice, overseer } = server;
  const connects = () =>
    alice.connect().then(
      () => true,
      () => false,
    );
  await until("a gateway that runs", connects, PATIENCE_MS, () => overseer.log);
  await alice.exchangeLogons();
  await alice.logout();
}

async function expectGood(): Promise<void> {
  expect(existsSync(record)).toBe(false);
  expect(link("previous")).toBe(first);
  expect(link("current")).not.toBe(first);
  await runs();
}

for (const [verb, moment] of [
  ["reset-failed", "before"],
  ["restart", "before"],
  ["restart", "after"],
] as const) {
  test(`both killed ${moment} ${verb}: a gateway runs, and the upgrade once more comes to its end`, async () => {
    await killed(once(verb, moment, killAll));
    await expectGood();
  });
}

test("both killed while the new one is watched: it runs, and the upgrade once more does not restart it", async () => {
  let restarted = false;
  const { overseer } = server;
  const real = server.offerGood("real");
  overseer.hook = (words, moment) => {
    if (words[0] === "restart" && moment === "after") restarted = true;
    if (restarted && words[0] === "show" && words.includes("StatusText") && moment === "before") killAll();
  };
  expect((await server.on("upgrade", real)).code).not.toBe(0);
  overseer.hook = () => {};
  await runs();
  const { pid } = overseer;
  expect((await server.on("upgrade", real)).code).toBe(0);
  expect(overseer.pid).toBe(pid);
  await expectGood();
});

test("the process at work killed: the one that the user sees comes to the end without it", async () => {
  const worker = () => {
    for (const { pid, words } of upgrades()) if (words.includes(" finish-upgrade ")) process.kill(pid, "SIGKILL");
  };
  server.overseer.hook = once("restart", "before", worker);
  const { code, err } = await server.on("upgrade", good);
  server.overseer.hook = () => {};
  expect(err).toBe("sallyport: the upgrade's process was ended by SIGKILL; continuing without it\n");
  expect(code).toBe(0);
  await expectGood();
});

test("the one that the user sees killed, with a version that never becomes ready: it goes back all the same", async () => {
  const { overseer } = server;
  const kill = once("restart", "before", () => {
    for (const { pid, words } of upgrades()) if (words.includes(" upgrade ")) process.kill(pid, "SIGKILL");
  });
  overseer.startMs = 2_000;
  overseer.hook = (words, moment) => {
    kill(words, moment);
    // The version of before has all its time.
    if (words[0] === "restart" && moment === "after") overseer.startMs = START_MS;
  };
  await server.on("upgrade", server.offerBad("never", "run) exec sleep 1000 ;;"));
  await over();
  overseer.hook = () => {};
  expect(link("current")).toBe(first);
  await runs();
});

async function over(): Promise<void> {
  await until("the upgrade's end", () => !existsSync(record) && upgrades().length === 0, 30_000, upgrades);
}

test("on record and nothing done yet: install refuses, and rollback takes it back", async () => {
  const [from, to] = [link("current"), link("previous")];
  const begun = { format: 1, from, to, running: true, sessions: null, sessionsWithinS: 0, back: null };
  writeFileSync(record, JSON.stringify(begun));
  const refused = await server.install();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`${record}: an upgrade was interrupted;`);
  const { code } = await server.on("rollback");
  expect(code).toBe(0);
  expect([link("current"), existsSync(record)]).toEqual([from, false]);
  await runs();
});

test("both killed with a version that does not start: what systemd starts when it has failed takes it back", async () => {
  const { overseer } = server;
  overseer.hook = once("restart", "before", killAll);
  await server.on("upgrade", server.offerBad("ends", "run) exit 1 ;;"));
  overseer.hook = () => {};
  const state = () => overseer.property("ActiveState");
  await until("failed start of the bad version", () => state() === "failed", PATIENCE_MS, state);
  expect(link("current")).not.toBe(first);
  const unit = readFileSync(server.path("/etc/systemd/system/sallyport-rescue.service"), "utf8");
  const [program = "", ...words] = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(" ");
  const onRoot = ["--root", server.root, "--systemctl", overseer.systemctl];
  const rescued = await server.run([...words, ...onRoot], server.path(program));
  expect(rescued.code).toBe(0);
  expect(rescued.err).toContain("it does not start; going back to");
  expect([link("current"), existsSync(record), existsSync(server.path(program))]).toEqual([first, false, false]);
  await runs();
  const { pid } = overseer;
  expect(await server.on("rollback", "--unfinished")).toMatchObject({
    code: 0,
    out: "no upgrade was interrupted: nothing to do\n",
  });
  expect(overseer.pid).toBe(pid);
});

test("two at once: the second one is told that the first is at work", async () => {
  let second: Ended | null = null;
  server.overseer.hook = async (words, moment) => {
    if (words[0] !== "restart" || moment !== "before" || second !== null) return;
    second = await server.on("upgrade", good);
  };
  expect((await server.on("rollback")).code).toBe(0);
  server.overseer.hook = () => {};
  expect(second!.code).toBe(1);
  expect(second!.err).toMatch(/another install, upgrade or rollback is running \(pid \d+\)/);
});
