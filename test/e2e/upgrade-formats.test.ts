import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { executable } from "./gateway.ts";
import { ServerRoot } from "./server-root.ts";

setDefaultTimeout(120_000);

const server = new ServerRoot();
const opt = server.path("/opt/sallyport");
const link = (name: string) => readlinkSync(join(opt, name));
const EARLIER = "0.0.1-[0-9a-f]{12}";
/** What it can't read is said by the names of both. */
const WRITES = new RegExp(`writes journals of format 3, ${EARLIER} reads formats up to 2: once it has run`);
const BARRIER = new RegExp(
  `${EARLIER} can't run on ${server.data}: the journal there has format 3, it reads formats up to 2. ` +
    "Going back needs a copy of \\S+ from before the upgrade: stop the service, put the copy in its place, then run `sallyport rollback`",
);
const journals = (): string[] =>
  existsSync(server.data) ? readdirSync(server.data).filter((name) => name.endsWith(".journal")) : [];

/** Stands for a version that says nothing about formats, and whose journal is its own. */
beforeAll(async () => {
  await server.install();
  server.configure("sessionsWithinS = 0");
  const version = 'version) [ $# -eq 1 ] || exit 2; echo "sallyport 0.0.1 (Bun 1.4.5, linux x64)" ;;';
  const run = `run) exec "${executable()}" run --config "$3" --data "$5.earlier" ;;`;
  const { code, err } = await server.on("upgrade", "--one-way", server.offerBad("earlier", `${version}\n${run}`));
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(link("current")).toMatch(new RegExp(EARLIER));
  expect(await server.overseer.start()).toBe("");
});
afterAll(() => server.remove());

test("one that writes what the current version can't read is refused, until the operator wants it so", async () => {
  const before = { pid: server.overseer.pid, current: link("current"), versions: readdirSync(opt).sort() };
  const { code, err } = await server.on("upgrade", server.offerGood("refused"));
  expect(code).toBe(1);
  expect(err).toMatch(WRITES);
  expect(err).toContain("Copy it while the service is stopped, then repeat with --one-way");
  expect({ pid: server.overseer.pid, current: link("current"), versions: readdirSync(opt).sort() }).toEqual(before);
});

test("one that fails before it has written goes back", async () => {
  const earlier = link("current");
  const { code, err, out } = await server.on("upgrade", "--one-way", server.offerBad("ends", "run) exit 1 ;;"));
  expect(code).toBe(4);
  expect(out).toMatch(WRITES);
  expect(err).toContain(`going back to ${earlier}`);
  expect([link("current"), journals()]).toEqual([earlier, []]);
});

test("one that fails when it has written stays current, and rollback is refused, with what to do", async () => {
  const { overseer } = server;
  const earlier = link("current");
  let killed = false;
  overseer.hook = async (words, moment) => {
    if (killed || words[0] !== "restart" || moment !== "after") return;
    killed = true;
    process.kill(overseer.pid, "SIGKILL");
    await until("the process's end", () => overseer.pid === 0);
  };
  const { code, err } = await server.on("upgrade", "--one-way", server.offerGood("dies"));
  overseer.hook = () => {};
  expect(code).toBe(6);
  expect(err).toContain("it was ready, and then ended; it stays current: ");
  expect(err).toMatch(BARRIER);
  expect(link("current")).not.toBe(earlier);
  expect(link("previous")).toBe(earlier);
  expect([existsSync(join(opt, "upgrade.json")), existsSync(join(opt, "rescue"))]).toEqual([false, false]);
  expect(journals()).not.toEqual([]);

  // It starts again by what it has written.
  expect(await overseer.start()).toBe("");
  await server.trade();
  const current = link("current");
  const { pid } = overseer;
  const back = await server.on("rollback");
  expect(back.code).toBe(1);
  expect(back.err).toMatch(BARRIER);
  expect([link("current"), overseer.pid]).toEqual([current, pid]);
});
