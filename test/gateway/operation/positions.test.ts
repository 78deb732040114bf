// Positions as operators find and set them, over a core that takes the commands at once.

import { expect, test } from "bun:test";
import type { Command } from "../../../src/control/command-ring.ts";
import type { CommandOutcome } from "../../../src/control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../../src/core/assembly/layout.ts";
import { PositionIndex } from "../../../src/core/position-index.ts";
import { StateReader } from "../../../src/core/state-reader.ts";
import { CoreState } from "../../../src/gateway/operation/core-state.ts";
import { GatewayPositions } from "../../../src/gateway/operation/positions.ts";
import type { GivenPosition } from "../../../src/operation/positions.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED } from "../../../src/record/control-codes.ts";
import { CONFIG, CoreDriver } from "../../core/driver.ts";

const ACCOUNT_COUNT = 40;
const NAMES = { clients: {}, venues: {} };
const UTC = { zone: "UTC", beginsAtMs: 0, offsets: [{ fromUs: Number.NEGATIVE_INFINITY, offsetMs: 0 }] };

class Desk {
  readonly driver: CoreDriver;
  readonly reader: StateReader;
  readonly positions: GatewayPositions;
  readonly sent: Command[] = [];

  constructor(maxPositions: number) {
    const more = Array.from({ length: ACCOUNT_COUNT }, (_, i) => ({ ...CONFIG.accounts[0]!, name: `P${i}` }));
    this.driver = new CoreDriver({ ...CONFIG, maxPositions, accounts: [...CONFIG.accounts, ...more] });
    this.driver.timeUs = Date.now() * 1_000;
    this.reader = new StateReader(this.driver.core.area.buffer, this.driver.core.area.at);
    const core = new CoreState(() => this.reader, NAMES);
    this.positions = new GatewayPositions(core, { send: (command) => this.take(command) }, UTC as never);
  }

  async shown(): Promise<[string, string][]> {
    return (await this.positions.page({}, 0, 100)).positions.map(({ account, start }) => [account, start]);
  }

  private async take(command: Command): Promise<CommandOutcome> {
    this.sent.push(command);
    const { kind, value = 0, amount = 0, name = "", text = new Uint8Array() } = command;
    const result = this.driver.command(kind, value, amount, name, text);
    const applied = result === CONTROL_APPLIED || result === CONTROL_UNCHANGED;
    return { applied, changed: result === CONTROL_APPLIED, value: 0, reason: applied ? "" : "refused", result };
  }
}

const given = (from: number, to: number, quantity = "5"): GivenPosition[] =>
  Array.from({ length: to - from }, (_, i) => ({ account: `P${from + i}`, symbol: "AAPL", quantity }));

test("positions for which there is no room for all are refused before the first is set", async () => {
  const desk = new Desk(13);
  const reason = "core.maxPositions: expected room for 14 more positions, got room for 13";
  expect(desk.positions.problemOf(given(0, 14))).toBe(reason);
  expect(await desk.positions.start(given(0, 14), "alice")).toEqual({
    ...{ result: "refused", code: "refused", reason, old: [] },
  });
  expect([desk.sent.length, await desk.shown()]).toEqual([0, []]);
  expect(desk.positions.problemOf(given(0, 13))).toBe("");
  expect((await desk.positions.start(given(0, 13), "alice")).result).toBe("applied");
  // Those that there are need none.
  expect(await desk.positions.start(given(1, 14), "alice")).toMatchObject({ result: "refused", old: [] });
  expect((await desk.positions.start(given(0, 13, "6"), "alice")).result).toBe("applied");
  expect(await desk.shown()).toEqual(given(0, 13).map(({ account }) => [account, "6"]));
});

test("what was there at the start of the day before is answered", async () => {
  const desk = new Desk(64);
  await desk.positions.start(given(1, 2, "-2.5"), "alice");
  expect(await desk.positions.start(given(0, 3), "alice")).toEqual({
    ...{ result: "applied", code: "", reason: "" },
    old: [given(0, 1, "0")[0]!, given(1, 2, "-2.5")[0]!, given(2, 3, "0")[0]!],
  });
});

test("every row is found as the core finds it, in a table that is full", async () => {
  const desk = new Desk(2 * ACCOUNT_COUNT);
  const all = [...given(0, ACCOUNT_COUNT), ...given(0, ACCOUNT_COUNT).map((one) => ({ ...one, symbol: "MSFT" }))];
  await desk.positions.start(all, "alice");
  const { reader } = desk;
  const index = new PositionIndex(reader.area);
  const rows = all.map(({ account, symbol }) =>
    index.find(reader.indexOfName(ACCOUNTS, account), reader.indexOfName(SYMBOLS, symbol)),
  );
  expect(rows).toEqual(all.map((_, row) => row));
  expect([index.room, index.find(reader.indexOfName(ACCOUNTS, "P0"), reader.indexOfName(SYMBOLS, "HALT"))]).toEqual([
    0, -1,
  ]);
});
