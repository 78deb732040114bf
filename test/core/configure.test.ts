import { describe, expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import { ACCOUNTS, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { CONFIG } from "./driver.ts";
import { InnerCore } from "./inner.ts";

/** A core with these symbols. */
class Names extends InnerCore {
  constructor(names: readonly string[]) {
    super({ symbols: names.map((name) => ({ ...CONFIG.symbols[0]!, name })) });
  }

  find(name: string): number {
    return this.inner.findName(SYMBOLS, this.idAt, this.put(name));
  }
}

describe("names", () => {
  test("lead to their indexes, each whole", () => {
    const names = [
      "A",
      "AB",
      "ABCD",
      "ABCDE",
      "ABCDEFGH",
      "X".repeat(32),
      "X".repeat(31),
      "BRK.B",
      `${"X".repeat(63)}Y`,
    ];
    const rig = new Names(names);
    expect(names.map((name) => rig.find(name))).toEqual(names.map((_, i) => i));
    for (const name of ["", "B", "ABC", "ABCDEFG", "X".repeat(30), "X".repeat(64), "abcd"])
      expect(rig.find(name)).toBe(NONE);
    expect(names.map((_, i) => rig.core.tables.symbolName(i))).toEqual(names);
  });

  test("by the thousand", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `SYM${i}`);
    const rig = new Names(names);
    for (const [index, name] of names.entries()) expect(rig.find(name)).toBe(index);
    expect(rig.find("SYM20000")).toBe(NONE);
  });

  test("can be added until there is no room, and not twice", () => {
    const rig = new Names(["A"]);
    const add = (name: string): number => rig.inner.addName(SYMBOLS, rig.idAt, rig.put(name));
    for (let i = 1; i <= 256; i++) expect(add(`B${i}`)).toBe(i);
    expect([rig.find("B1"), rig.find("B256")]).toEqual([1, 256]);
    expect(() => add("C")).toThrow("configure them again");
    expect(() => new Names(["A", "A"])).toThrow("A: expected each name once");
    expect(() => new Names(["X".repeat(65)])).toThrow("expected a name of 1 to 64 bytes");
    expect(() => new Names([""])).toThrow("expected a name of 1 to 64 bytes");
  });

  test("of accounts and of symbols are apart", () => {
    const rig = new InnerCore();
    expect(rig.inner.findName(ACCOUNTS, rig.idAt, rig.put("AAPL"))).toBe(NONE);
    expect(rig.inner.findName(ACCOUNTS, rig.idAt, rig.put("ACC2"))).toBe(1);
  });
});

test("entitlements are what was granted, to the bit", () => {
  const accounts = Array.from({ length: 37 }, (_, i) => ({ ...CONFIG.accounts[0]!, name: `A${i}` }));
  const granted = new Set(["0/0", "0/36", "1/0", "39/36", "20/31", "20/32"]);
  const sessions = [0, 1, 20, 39].map((id) => ({
    id,
    accounts: accounts.map(({ name }) => name).filter((_, account) => granted.has(`${id}/${account}`)),
  }));
  const { inner } = new InnerCore({ accounts, sessions, sessionIds: 40 });
  for (let session = 0; session < 40; session++)
    for (let account = 0; account < 37; account++)
      expect(inner.allows(session, account) === 1).toBe(granted.has(`${session}/${account}`));
  expect([-1, 0, 2, 39, 40].map((session) => inner.isKnownSession(session))).toEqual([0, 1, 0, 1, 0]);
  expect(() => new InnerCore({ sessions: [{ id: 0, accounts: ["NOBODY"] }] })).toThrow(
    "account NOBODY: expected one of the configured accounts",
  );
});
