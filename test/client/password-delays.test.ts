import { expect, test } from "bun:test";
import { PasswordDelays } from "../../src/client/password-delays.ts";

const from = (host: number): Int32Array => Int32Array.of(0, 0, -65_536, host, 1000 + host);
const S = 1e9;

test("from the fifth wrong password on the delay doubles, up to a minute", () => {
  const delays = new PasswordDelays(2);
  let nowNs = 1000 * S;
  const seen: number[] = [];
  for (let i = 0; i < 14; i++) {
    delays.wrong(0, from(1), nowNs);
    seen.push(delays.waitNs(0, from(1), nowNs) / S);
    nowNs += 61 * S;
  }
  expect(seen).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test("it is for the session from anywhere and for the address towards any session, and is forgotten after 15 minutes", () => {
  const delays = new PasswordDelays(2);
  for (let i = 0; i < 5; i++) delays.wrong(0, from(1), S);
  expect([delays.waitNs(0, from(2), S), delays.waitNs(1, from(1), S), delays.waitNs(1, from(2), S)]).toEqual([S, S, 0]);
  delays.wrong(0, from(1), 902 * S);
  expect([delays.ofSession, delays.ofAddress, delays.waitNs(0, from(1), 902 * S)]).toEqual([1, 1, 0]);
});

test("the address of the last right password is not delayed by what others guess", () => {
  const delays = new PasswordDelays(1);
  delays.right(0, from(7));
  for (let i = 0; i < 9; i++) delays.wrong(0, from(1), S);
  expect(delays.waitNs(0, from(7), S)).toBe(0);
  expect(delays.waitNs(0, from(2), S)).toBe(16 * S);
  // A logon from there does not help those who guess.
  delays.right(0, from(7));
  expect(delays.waitNs(0, from(2), S)).toBe(16 * S);
  delays.right(0, from(2));
  expect([delays.waitNs(0, from(3), S), delays.waitNs(0, from(1), S)]).toEqual([0, 16 * S]);
});

test("alarms come at 5, 10, 20 … in a row", () => {
  const delays = new PasswordDelays(1);
  const at: number[] = [];
  for (let i = 1; i <= 50; i++) if (delays.wrong(0, from(i), S)) at.push(i);
  expect(at).toEqual([5, 10, 20, 40]);
});

test("more addresses than it remembers push out those that were tried from longest ago", () => {
  const delays = new PasswordDelays(2);
  for (let i = 0; i < 9; i++) delays.wrong(0, from(1), S);
  for (let i = 0; i < 20_000; i++) delays.wrong(0, from(100 + i), 2 * S);
  expect(delays.waitNs(1, from(1), 2 * S)).toBe(0);
  for (let i = 0; i < 9; i++) delays.wrong(0, from(1), 3 * S);
  expect(delays.waitNs(1, from(1), 3 * S)).toBe(16 * S);
});
