// Commands of the control plane, from their ring to their answers.

import { expect, test } from "bun:test";
import { ENTRY_CONTROL } from "../../src/core/entry-kinds.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_KILL,
  CONTROL_REFERENCE_PRICE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
} from "../../src/record/control-codes.ts";
import { Rig } from "./agent-rig.ts";
import { ONE } from "./driver.ts";

test("a command is answered once it is journalled and applied", () => {
  const rig = new Rig().up();
  rig.command(CONTROL_KILL, 1, 0, "", 7);
  rig.command(CONTROL_KILL, 1, 0, "", 8);
  rig.command(CONTROL_KILL, 0, 0, "", 9);
  expect(rig.answered()).toEqual([]);
  rig.agent.poll(0);
  expect(rig.wakeups).toBe(1);
  expect(rig.entries.map(({ kind }) => kind)).toEqual([ENTRY_CONTROL, ENTRY_CONTROL, ENTRY_CONTROL]);
  const [first, second, third] = rig.entries.map(({ position }) => position);
  expect(rig.answered()).toEqual([
    [7, CONTROL_KILL, CONTROL_APPLIED, 1, first!],
    [8, CONTROL_KILL, CONTROL_UNCHANGED, 1, second!],
    [9, CONTROL_KILL, CONTROL_APPLIED, 0, third!],
  ]);
  rig.agent.poll(0);
  expect(rig.wakeups).toBe(1);
});

test.each<[string, number, number, number, string, number]>([
  ["a kind that the core does not have", 77, 1, 0, "", CONTROL_UNKNOWN_KIND],
  ["a negative kind", -1, 1, 0, "", CONTROL_UNKNOWN_KIND],
  ["a kill switch that is neither on nor off", CONTROL_KILL, 2, 0, "", CONTROL_BAD_VALUE],
  ["a symbol that is not configured", CONTROL_REFERENCE_PRICE, 0, ONE, "NONE", CONTROL_UNKNOWN_NAME],
  ["a price below zero", CONTROL_REFERENCE_PRICE, 0, -1, "AAPL", CONTROL_BAD_VALUE],
  ["a price that is no number", CONTROL_REFERENCE_PRICE, 0, Number.NaN, "AAPL", CONTROL_BAD_VALUE],
])("a command is refused by its answer: %s", (_, kind, value, amount, name, result) => {
  const rig = new Rig().up();
  const before = rig.core.digest();
  rig.command(kind, value, amount, name);
  rig.agent.poll(0);
  expect(rig.answered()).toEqual([[1, kind, result, 0, rig.entries[0]!.position]]);
  expect(rig.core.digest()).toBe(before);
});

test("a command sets a reference price; the same again changes nothing", () => {
  const rig = new Rig().up();
  for (const price of [200 * ONE, 200 * ONE, 201 * ONE]) rig.command(CONTROL_REFERENCE_PRICE, 0, price, "AAPL");
  rig.agent.poll(0);
  expect(rig.answered().map(([, , result]) => result)).toEqual([CONTROL_APPLIED, CONTROL_UNCHANGED, CONTROL_APPLIED]);
});

test("a command waits for the journal, not for clients or venues that are behind", () => {
  const rig = new Rig(null, 4, 4).up();
  for (let i = 0; i < 8; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  rig.kill(true);
  rig.room = 0;
  rig.agent.poll(0);
  expect(rig.answered()).toEqual([]);
  rig.room = 40_000;
  rig.agent.poll(0);
  expect(rig.answered()).toEqual([[1, CONTROL_KILL, CONTROL_APPLIED, 1, rig.entries.at(-1)!.position]]);
});

test("a command that finds no room for its answer stops the line", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 8; i++) rig.kill(true);
  rig.agent.poll(0);
  rig.kill(true);
  expect(() => rig.agent.poll(0)).toThrow("CONTROL_ANSWERS_FULL");
});
