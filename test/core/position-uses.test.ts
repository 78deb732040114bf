// The largest positions of accounts, found in turns of bounded work.

import { expect, spyOn, test } from "bun:test";
import { ACCOUNT_LOCKS_AT } from "../../src/core/assembly/layout.ts";
import { PositionUses } from "../../src/core/position-uses.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { GatewayAccounts } from "../../src/gateway/operation/accounts.ts";
import { CoreState } from "../../src/gateway/operation/core-state.ts";
import { CONTROL_POSITIONS } from "../../src/record/control-codes.ts";
import { positionsText } from "../../src/record/start-positions.ts";
import { units } from "../numbers.ts";
import { CONFIG, CoreDriver } from "./driver.ts";

const UTC = { zone: "UTC", beginsAtMs: 0, offsets: [{ fromUs: Number.NEGATIVE_INFINITY, offsetMs: 0 }] };
const ACCOUNTS = 50;
const SYMBOLS = 20;

/** A core with 50 accounts, each with a position in 20 symbols: the largest of P7 is 7,019. */
class Book {
  readonly driver: CoreDriver;
  readonly reader: StateReader;

  constructor() {
    const limits = { ...CONFIG.accounts[0]!, maxPositionE8: units(1_000_000) };
    const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({ ...limits, name: `P${i}` }));
    const symbols = Array.from({ length: SYMBOLS }, (_, i) => ({ ...CONFIG.symbols[0]!, name: `S${i}` }));
    const sessions = [{ id: 1, accounts: accounts.map(({ name }) => name) }];
    this.driver = new CoreDriver({ ...CONFIG, maxPositions: 4_096, accounts, symbols, sessions });
    const { buffer, at } = this.driver.core.area;
    this.reader = new StateReader(buffer, at);
    for (let symbol = 0; symbol < SYMBOLS; symbol++)
      for (let account = 0; account < ACCOUNTS; account++) this.set(account, symbol, 1_000 * account + symbol);
  }

  set(account: number, symbol: number, quantity: number): void {
    const text = positionsText([{ account: `P${account}`, symbol: `S${symbol}`, quantity: units(quantity) }])!;
    this.driver.command(CONTROL_POSITIONS, 1, 0, "alice", text);
  }

  uses(rowsATurn?: number): PositionUses {
    const { buffer, at } = this.driver.core.area;
    return new PositionUses(buffer, at, rowsATurn);
  }
}

const largest = (uses: PositionUses, account: number): number => uses.largestOf(account) / 1e8;

test("a look goes through all rows in turns, and finds each account's largest position", async () => {
  const book = new Book();
  const uses = book.uses(300);
  let turns = 0;
  const count = (): void => {
    turns++;
    if (turns < 100) setImmediate(count);
  };
  setImmediate(count);
  await uses.look();
  // 1,000 rows, 300 at a time: three pauses, in each of which other work had its turn.
  expect(turns).toBeGreaterThanOrEqual(3);
  expect([7, 49].map((account) => largest(uses, account))).toEqual([7_019, 49_019]);
});

test("a position that has grown, or shrunk, is found by the next look; one that is new at once", async () => {
  const book = new Book();
  const uses = book.uses();
  await uses.look();
  book.set(7, 3, 9_000);
  book.set(8, 19, 1);
  await uses.look();
  expect([7, 8].map((account) => largest(uses, account))).toEqual([9_000, 8_018]);
  const beside = book.uses(1_000);
  expect(largest(beside, 7)).toBe(9_000);
});

test("a row that is being changed counts as it was before", async () => {
  const book = new Book();
  const uses = book.uses();
  await uses.look();
  book.set(7, 3, 9_000);
  const locks = book.driver.core.area.ints(ACCOUNT_LOCKS_AT, ACCOUNTS);
  locks[7]!++;
  await uses.look();
  expect(largest(uses, 7)).toBe(7_019);
  locks[7]!++;
  await uses.look();
  expect(largest(uses, 7)).toBe(9_000);
});

test("a list of accounts reads one position of each, as it is now, and looks through the rows once", async () => {
  const book = new Book();
  const uses = book.uses();
  const core = new CoreState(() => book.reader, { clients: {}, venues: {} });
  const accounts = new GatewayAccounts(core, UTC as never, () => ({ reader: book.reader, uses }));
  await uses.look();
  book.set(7, 19, 8_000);
  const position = spyOn(book.reader, "position");
  const looked = spyOn(uses as unknown as { take: () => void }, "take");
  const views = accounts.names().map((name) => accounts.get(name)!);
  expect([position.mock.calls.length, looked.mock.calls.length]).toEqual([ACCOUNTS, 0]);
  const used = views.map(({ usage }) => usage.find(({ limit }) => limit === "maxPosition")!.used);
  expect([used[0], used[7], used[49]]).toEqual(["19", "8000", "49019"]);
});
