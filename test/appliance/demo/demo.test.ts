import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoCommand } from "../../../appliance/demo/demo.ts";

// A place of its own, as another demo on the machine leaves something in the common one while it runs.
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
  expect(await demoCommand({ seconds: 1, json: true, sessions: 2, print: (line) => lines.push(line) })).toBe(0);
  const said = JSON.parse(lines.at(-1)!);
  expect(said.lost).toBe(0);
  expect(said.orders).toBeGreaterThan(0);
  expect(said.reports).toBeGreaterThanOrEqual(said.orders);
  expect(said.rejects).toBeGreaterThan(0);
  expect(said.roundTripUs.p50).toBeGreaterThan(0);
  expect(said.roundTripUs.max).toBeGreaterThanOrEqual(said.roundTripUs.p999);
  expect(readdirSync(place)).toEqual([]);
}, 60_000);

test("Ctrl-C ends it in order", async () => {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    if (line.includes("orders/s")) process.emit("SIGINT");
  };
  expect(await demoCommand({ print })).toBe(0);
  expect(lines.at(-1)).toStartWith("in all: ");
}, 60_000);
