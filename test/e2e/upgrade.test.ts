import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PATIENCE_MS, until } from "../eventually.ts";
import { configOf, executable, freePort } from "./gateway.ts";
import { type Hook, START_MS } from "./overseer.ts";
import { ServerRoot } from "./server-root.ts";

setDefaultTimeout(120_000);

const server = new ServerRoot();
const opt = server.path("/opt/sallyport");
const link = (name: string) => readlinkSync(join(opt, name));
const versions = () => readdirSync(opt).filter((name) => /-[0-9a-f]{12}$/.test(name));
let first = "";

beforeAll(async () => {
  await server.install();
  server.configure();
  first = link("current");
  expect(await server.overseer.start()).toBe("");
  await server.trade();
  await onAgain();
});
afterAll(() => server.remove());

/** Refused, with the gateway left alone: the same process, the same version, no file more. */
async function refused(file: string, reason: string, ...words: string[]): Promise<void> {
  const before = { pid: server.overseer.pid, current: link("current"), versions: versions() };
  const { code, err } = await server.on("upgrade", ...words, file);
  expect(err).toContain(reason);
  expect(code).toBe(1);
  const after = { pid: server.overseer.pid, current: link("current"), versions: versions() };
  expect(after).toEqual(before);
  expect(existsSync(join(opt, "upgrade.json"))).toBe(false);
  expect(readdirSync(opt).filter((name) => name.startsWith(".incoming"))).toEqual([]);
}

/** Tried, and taken back by itself: the version of before runs, and trades. */
async function takenBack(file: string, reason: string): Promise<void> {
  const before = { current: link("current"), versions: versions() };
  const { code, err } = await server.on("upgrade", file);
  expect(err).toContain(reason);
  expect(err).toContain(`going back to ${before.current}`);
  expect(code).toBe(4);
  expect({ current: link("current"), versions: versions() }).toEqual(before);
  expect(existsSync(join(opt, "upgrade.json"))).toBe(false);
  await trades();
}

/** Does something once the first restart is over, before who asked for it knows. */
function afterRestart(act: () => Promise<void> | void): Hook {
  let done = false;
  return (words, moment) => {
    if (done || words[0] !== "restart" || moment !== "after") return;
    done = true;
    return act();
  };
}

let quantity = 200;
async function trades(): Promise<void> {
  await onAgain();
  const id = server.alice.order({ 38: ++quantity });
  await server.alice.report(id, "0");
  server.venue.fill(await server.venue.orderOf(quantity), quantity);
  await server.alice.report(id, "F");
}

/** And the service manager knows it. */
async function onAgain(): Promise<void> {
  const { alice, venue, overseer } = server;
  const areOn = () =>
    alice.loggedOn && venue.loggedOn && /1 of 2 client.* 1 of 1 venues/.test(overseer.property("StatusText"));
  await until("sessions that are on again", areOn, PATIENCE_MS, () => overseer.log);
}

test("a file for which nothing speaks, or whose checksum is another's, is refused", async () => {
  const file = server.offerGood("checksum");
  writeFileSync(`${file}.sha256`, `${"0".repeat(64)}  checksum\n`);
  await refused(file, "it is not the file that was published");
  await refused(file, "expected 0000", "--sha256", "0".repeat(64));
  const bare = join(server.directory, "bare");
  writeFileSync(bare, "bare");
  await refused(bare, `${bare}: nothing says that it is genuine`);
  await refused(join(server.directory, "none"), "none: ENOENT");
});

test("an executable that is cut short, or that is something else, is refused", async () => {
  const whole = readFileSync(executable());
  await refused(server.offer("short", whole.subarray(0, whole.length >> 1)), "the new executable does not run");
  await refused(server.offer("other", "#!/bin/sh\necho hello\n"), "the new executable does not run: hello");
  await refused(server.offer("plain", readFileSync(process.execPath)), "is a plain Bun without the product in it");
});

test.skipIf(Bun.which("strip") === null)("one that was stripped is as good, though another file", async () => {
  const file = server.offer("stripped", readFileSync(executable()));
  expect(Bun.spawnSync(["strip", file]).exitCode).toBe(0);
  await refused(file, "it is not the file that was published");
  const offered = server.offer("stripped", readFileSync(file));
  const { code, err } = await server.on("upgrade", offered);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  await trades();
  expect((await server.on("rollback")).code).toBe(0);
  await trades();
});

test("one that crashes at the check, or does not take the configuration, is refused", async () => {
  await refused(server.offerBad("crash", "check) kill -SEGV $$ ;;"), `does not accept ${server.config}`);
  const picky = server.offerBad("picky", 'check) echo "gateway.toml: new.key: missing" >&2; exit 1 ;;');
  await refused(picky, "gateway.toml: new.key: missing (exit code 1)");
});

test("one that cannot read the live journal is refused", async () => {
  await refused(server.offerBad("blind", 'journal) echo "format 7" >&2; exit 1 ;;'), "cannot read the journal in");
});

test("with a key in the configuration only what it has signed is taken", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = publicKey.export({ format: "der", type: "spki" }).toString("base64");
  server.configure(`sessionsWithinS = 10\npublicKey = "${key}"`);
  const file = server.offerLike("signed");
  await refused(file, "a checksum is not enough");
  writeFileSync(`${file}.sig`, sign(null, Buffer.from("another file"), privateKey));
  // A checksum that matches does not help a bad signature; and nothing else is needed to refuse it.
  await refused(file, "the signature in");
  await refused(file, "the signature in", "--sha256", sumOf(file));
  rmSync(`${file}.sha256`);
  await refused(file, "is not that of upgrade.publicKey over this file");
  writeFileSync(`${file}.sig`, sign(null, readFileSync(file), privateKey));
  const { code, out, err } = await server.on("upgrade", file);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toStartWith(`${file}: signed by the key of upgrade.publicKey\n`);
  await trades();
  expect((await server.on("rollback")).code).toBe(0);
  server.configure();
  await trades();
});

test("a good one runs afterwards, and the sessions are on again", async () => {
  const { pid } = server.overseer;
  const file = server.offerGood("good");
  const { code, out, err } = await server.on("upgrade", file);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toStartWith(`${file}: checksum matches (sha256 ${sumOf(file)})\n`);
  expect(out).toContain(`reads the journal in ${server.data}`);
  expect(link("current")).not.toBe(first);
  expect(link("previous")).toBe(first);
  expect(server.overseer.pid).not.toBe(pid);
  expect(readlinkSync(`/proc/${server.overseer.pid}/exe`)).toBe(join(opt, link("current"), "sallyport"));
  await trades();
});

test("the same once more: there is nothing to do", async () => {
  const { pid } = server.overseer;
  const { code, out } = await server.on("upgrade", server.offerGood("good"));
  expect({ code, last: out.trim().split("\n").at(-1) }).toEqual({
    code: 0,
    last: `${link("current")} is already current`,
  });
  expect(server.overseer.pid).toBe(pid);
});

test("one that ends at its start goes back by itself", async () => {
  await takenBack(
    server.offerBad("ends", "run) exit 1 ;;"),
    "it does not become ready: Job for sallyport.service failed",
  );
});

test("one that never becomes ready goes back by itself", async () => {
  const { overseer } = server;
  overseer.startMs = 2_000;
  // The version of before has all its time.
  overseer.hook = afterRestart(() => {
    overseer.startMs = START_MS;
  });
  await takenBack(server.offerBad("never", "run) exec sleep 1000 ;;"), "a timeout was exceeded");
  overseer.hook = () => {};
});

test("one that is ready and then dies goes back by itself", async () => {
  const { overseer } = server;
  overseer.hook = afterRestart(async () => {
    process.kill(overseer.pid, "SIGKILL");
    await until("the process's end", () => overseer.pid === 0);
  });
  await takenBack(server.offerLike("dies"), "it was ready, and then ended");
  overseer.hook = () => {};
});

test("one whose sessions do not come back goes back by itself", async () => {
  server.configure("sessionsWithinS = 1");
  const lonely = join(server.directory, "lonely.toml");
  writeFileSync(lonely, configOf({ clientPort: freePort(), venuePort: freePort() }));
  const file = server.offerBad("lonely", `run) exec "${executable()}" run --config "${lonely}" --data "$5" ;;`);
  await takenBack(file, "after 1 s 0 client sessions and 0 venues were on, 1 and 1 before");
  server.configure();
});

test("rollback goes back by hand, and once more forwards again", async () => {
  const second = link("current");
  const back = await server.on("rollback");
  expect(back).toMatchObject({ code: 0, err: "" });
  expect([link("current"), link("previous")]).toEqual([first, second]);
  await trades();
  expect((await server.on("rollback")).code).toBe(0);
  expect([link("current"), link("previous")]).toEqual([second, first]);
  await trades();
});

test("old versions go, the current and the one before stay", async () => {
  for (const name of ["third", "fourth"]) expect((await server.on("upgrade", server.offerLike(name))).code).toBe(0);
  expect(versions()).toHaveLength(3);
  expect(versions()).toContain(link("current"));
  expect(versions()).toContain(link("previous"));
  expect(versions()).not.toContain(first);
  await trades();
  expect([...server.alice.faults, ...server.venue.faults]).toEqual([]);
});

test("what a new executable reads before it runs it leaves as it is", async () => {
  await server.overseer.stop();
  const data = () =>
    readdirSync(server.data)
      .map((name) => `${name} ${statSync(join(server.data, name)).mtimeMs} ${sumOf(join(server.data, name))}`)
      .sort();
  const before = data();
  expect(before.filter((one) => one.includes(".journal "))).not.toEqual([]);
  const stopped = await server.on("upgrade", server.offerLike("fifth"));
  expect(stopped.code).toBe(0);
  expect(stopped.out).toContain("reads the journal in");
  expect(stopped.out).toContain("notice  sallyport.service did not run and is not started");
  expect(data()).toEqual(before);
});

function sumOf(path: string): string {
  return new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");
}
