import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataDirectory } from "../../../appliance/demo/data-directory.ts";
import { demoCommand } from "../../../appliance/demo/demo.ts";
import { HEADINGS, rowText } from "../../../appliance/demo/table.ts";
import { closeFd, lockFile, O_RDWR, openFile } from "../../../ffi/file.ts";
import { PATIENCE_MS, until } from "../../eventually.ts";
import { ROOT } from "../sallyport.ts";

// A separate directory: another demo on the machine keeps files in the common one while it runs.
const common = process.env.TMPDIR;
const place = mkdtempSync(join(tmpdir(), "sallyport-demo-test-"));

beforeAll(() => {
  process.env.TMPDIR = place;
});

afterAll(() => {
  if (common === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = common;
  rmSync(place, { recursive: true });
});

test("every request of the demo is answered, and the last line says what it did", async () => {
  const lines: string[] = [];
  expect(await demoCommand({ seconds: 2, json: true, sessions: 2, print: (line) => lines.push(line) })).toBe(0);
  expect(lines.length).toBe(1);
  const said = JSON.parse(lines[0]!);
  expect(said.lost).toBe(0);
  expect(said.needAttention).toBe(0);
  expect(said.orders).toBeGreaterThan(0);
  expect(said.reports).toBeGreaterThanOrEqual(said.orders);
  expect(said.rejects).toBeGreaterThanOrEqual(said.refusedOnPurpose);
  expect(said.refusedOnPurpose).toBeGreaterThan(0);
  expect(said.rejects).toBe(said.refusedOnPurpose + said.tooLate);
  expect(said.paced.orders).toBeLessThan(said.orders);
  expect(said.paced.orders / said.paced.seconds).toBeGreaterThan(200);
  for (const { roundTripUs, toExchangeUs } of [said, said.paced]) {
    expect(toExchangeUs.p50).toBeGreaterThan(0);
    // An order is at the exchange before its report is back.
    expect(roundTripUs.p50).toBeGreaterThan(toExchangeUs.p50);
    expect(roundTripUs.max).toBeGreaterThanOrEqual(roundTripUs.p999);
    expect(roundTripUs.max).toBeGreaterThanOrEqual(toExchangeUs.max);
  }
  expect(readdirSync(place)).toEqual([]);
}, 60_000);

test("Ctrl-C ends it: headings and rows in columns, both explained, and what to do next", async () => {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    if (/^ +\d+:\d\d paced/.test(line)) process.emit("SIGINT");
  };
  expect(await demoCommand({ print })).toBe(0);
  expect(lines[0]).toMatch(/^Sallyport \d+\.\d+\.\d+: a gateway, an exchange and 3 trading clients on this machine/);
  const headings = lines.indexOf(HEADINGS[1]!);
  expect(headings).toBeGreaterThan(0);
  expect(lines[headings + 1]!.length).toBe(HEADINGS[1]!.length);
  expect(lines.join("\n")).toMatch(/^paced +[\d,]+ +[\d,]+ /m);
  expect(lines.join("\n")).toMatch(
    /; refused 0, cancels and replaces too late \d+, other rejects 0; lost 0; need attention 0\.$/m,
  );
  expect(lines.filter((line) => line.startsWith("Not tuned: ")).length).toBeLessThanOrEqual(1);
  expect(lines.at(-1)).toStartWith("Next: npm run build, dist/sallyport example > gateway.toml");
  expect(Math.max(...lines.slice(0, headings + 2).map((line) => line.length))).toBeLessThanOrEqual(110);
}, 60_000);

test("a row is below its headings whatever its figures", () => {
  const figures = { p50: 12.34, p90: 0, p99: 123.45, p999: 12_345.6, max: 0, mean: 0, count: 1 };
  const row = { seconds: 61, phase: "burst", rate: 123_456, roundTrip: figures, toExchange: figures };
  const text = rowText({ ...row, open: 72, refused: 1_234_567, lost: 0 });
  expect(text).toBe(" 1:01 burst   123,456     12.3   123.5  12,346      12.3   123.5     72  1,234,567     0");
  expect(text.length).toBe(HEADINGS[1]!.length);
});

/** All processes of the machine that have this variable in their environment, by number. */
function withPlace(own: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`TMPDIR=${own}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const name = (pid: number): string => readFileSync(`/proc/${pid}/comm`, "latin1").trim();
const parent = (pid: number): number =>
  Number(
    readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ")[1],
  );

const npm = Bun.which("npm");
const killed = [
  ["Bun", ["node", "appliance/bun.mjs", "appliance/main.ts", "demo"], "sallyport"],
  ["node, which has started it", ["node", "appliance/bun.mjs", "appliance/main.ts", "demo"], "parent"],
  ["npm, which has started all", ["npm", "start"], "first"],
] as const;

test.skipIf(npm === null).each(killed)(
  "kill -9 of %s leaves no process and no file",
  async (_, command, which) => {
    const own = mkdtempSync(join(place, "killed-"));
    const env = { ...process.env, TMPDIR: own };
    const child = Bun.spawn([...command], { cwd: ROOT, env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    let out = "";
    for await (const chunk of child.stdout) {
      out += new TextDecoder().decode(chunk);
      if (out.includes("paced")) break;
    }
    const data = readdirSync(own).find((file) => file.startsWith("sallyport-demo-"))!;
    const buffers = realpathSync(join(own, data, "data/buffers"));
    expect(existsSync(buffers)).toBe(true);
    const named = withPlace(own).filter((pid) => name(pid) === "sallyport");
    expect(named.length).toBe(1);
    expect(readdirSync(own).filter((file) => file.startsWith("sallyport-demo-")).length).toBe(1);
    const victims = { sallyport: named[0]!, parent: parent(named[0]!), first: child.pid };
    process.kill(victims[which], "SIGKILL");
    await until(
      "no process",
      () => withPlace(own).length === 0,
      PATIENCE_MS,
      () => withPlace(own).map(name),
    );
    const left = (): string[] => readdirSync(own).filter((file) => file.startsWith("sallyport-demo-"));
    await until("no directory", () => left().length === 0, PATIENCE_MS, left);
    expect(existsSync(buffers)).toBe(false);
    await child.exited;
  },
  60_000,
);

test("where nobody could remove a directory, the next demo does, but not one that is in use", async () => {
  const make = (end: string): string => {
    const data = join(place, `sallyport-demo-${end}`, "data");
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "lock"), "");
    utimesSync(join(data, ".."), 0, 0);
    return join(data, "lock");
  };
  make("left");
  const lock = openFile(make("used"), O_RDWR);
  expect(lockFile(lock)).toBe(true);
  const directory = new DataDirectory();
  const names = readdirSync(place);
  await directory.remove();
  closeFd(lock);
  expect(names).toContain("sallyport-demo-used");
  expect(names).not.toContain("sallyport-demo-left");
  rmSync(join(place, "sallyport-demo-used"), { recursive: true });
});
