import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { demoCommand } from "../../appliance/demo.ts";

const leftBehind = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("sallyport-demo-"));

test("every request of the demo is answered, and the last line says what it did", async () => {
  const before = leftBehind();
  const lines: string[] = [];
  expect(await demoCommand({ seconds: 1, json: true, sessions: 2, print: (line) => lines.push(line) })).toBe(0);
  const said = JSON.parse(lines.at(-1)!);
  expect(said.lost).toBe(0);
  expect(said.orders).toBeGreaterThan(0);
  expect(said.reports).toBeGreaterThanOrEqual(said.orders);
  expect(said.rejects).toBeGreaterThan(0);
  expect(said.roundTripUs.p50).toBeGreaterThan(0);
  expect(said.roundTripUs.max).toBeGreaterThanOrEqual(said.roundTripUs.p999);
  expect(leftBehind().filter((name) => !before.includes(name))).toEqual([]);
}, 30_000);

test("Ctrl-C ends it in order", async () => {
  const lines: string[] = [];
  const print = (line: string): void => {
    lines.push(line);
    if (line.includes("orders/s")) process.emit("SIGINT");
  };
  expect(await demoCommand({ print })).toBe(0);
  expect(lines.at(-1)).toStartWith("in all: ");
}, 30_000);
