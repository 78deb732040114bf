import { expect, test } from "bun:test";
import fc from "fast-check";
import { Backlog } from "../../src/pool/backlog.ts";
import { IN_USE, TAKEN } from "../../src/pool/counters.ts";
import { CLASS_BYTES, SMALLEST, SPAN_BYTES } from "../../src/pool/layout.ts";
import { drawn } from "../property.ts";
import { patterned, TestPool } from "./pool.ts";

const MOST = 300_000;
const pattern = patterned(MOST);

/** Takes up to `count` bytes off the front, piece by piece. */
function drain(backlog: Backlog, pool: TestPool, region: Uint8Array, count: number): number[] {
  const out: number[] = [];
  while (out.length < count && backlog.bytes > 0) {
    const at = backlog.address - pool.address;
    const part = Math.min(backlog.piece, count - out.length);
    for (let i = 0; i < part; i++) out.push(region[at + i]!);
    backlog.release(part);
  }
  return out;
}

test("what goes in comes out, in order, whatever the portions; then nothing is held", () => {
  const pool = new TestPool(8);
  const region = pool.bytes();
  const lane = pool.lanes[0]!;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 70_000 }), fc.integer({ min: 0, max: 90_000 })), { maxLength: 25 }),
      (steps) => {
        const backlog = new Backlog(lane, SMALLEST);
        const wanted: number[] = [];
        const got: number[] = [];
        let from = 0;
        for (const [put, take] of steps) {
          from = (from + 17) % (MOST - put);
          expect(backlog.append(pattern.address + from, put)).toBe(put);
          for (let i = 0; i < put; i++) wanted.push(pattern.bytes[from + i]!);
          for (const byte of drain(backlog, pool, region, take)) got.push(byte);
          expect(backlog.bytes).toBe(wanted.length - got.length);
        }
        for (const byte of drain(backlog, pool, region, Number.POSITIVE_INFINITY)) got.push(byte);
        expect(Buffer.compare(Buffer.from(got), Buffer.from(wanted))).toBe(0);
        expect([backlog.bytes, backlog.piece, lane.counters[IN_USE]]).toEqual([0, 0, 0]);
        expect(pool.central.heldCount()).toBe(0);
      },
    ),
    drawn(40),
  );
});

test("a small backlog takes a small buffer, a long one few and large ones", () => {
  const pool = new TestPool(8);
  const lane = pool.lanes[0]!;
  const small = new Backlog(lane, SMALLEST);
  small.append(pattern.address, 1000);
  expect(lane.counters[IN_USE]).toBe(CLASS_BYTES[0]!);
  small.clear();
  const taken = lane.counters[TAKEN]!;
  const long = new Backlog(lane, SMALLEST);
  for (let i = 0; i < 64; i++) long.append(pattern.address, 65_536);
  expect(long.bytes).toBe(4 * SPAN_BYTES);
  expect(lane.counters[TAKEN]! - taken).toBeLessThanOrEqual(20);
  expect(lane.counters[IN_USE]).toBeLessThan(4 * SPAN_BYTES + 2 * CLASS_BYTES[2]!);
  long.clear();
  expect(lane.counters[IN_USE]).toBe(0);
});

test("an exhausted pool takes what it can and says how much; others go on with what comes back", () => {
  const pool = new TestPool(1);
  const lane = pool.lanes[0]!;
  const greedy = new Backlog(lane, SMALLEST);
  let put = 0;
  for (let i = 0; i < 5; i++) put += greedy.append(pattern.address, MOST);
  expect(put).toBe(SPAN_BYTES);
  expect(greedy.bytes).toBe(SPAN_BYTES);
  const late = new Backlog(lane, SMALLEST);
  expect(late.append(pattern.address, 1)).toBe(0);
  expect([late.bytes, late.piece]).toEqual([0, 0]);
  greedy.clear();
  expect(late.append(pattern.address, MOST)).toBe(MOST);
  late.clear();
  expect(pool.central.heldCount()).toBe(0);
});
