import { expect, test } from "bun:test";
import { schemaKeys } from "../../src/config/difference.ts";
import { RELOAD_TERMS, reloadTerm } from "../../src/config/reload-terms.ts";

const KEYS = schemaKeys();

test("every key of the configuration has a row, and every row a key", () => {
  const used = new Set(KEYS.map((keys) => reloadTerm(keys)));
  expect(RELOAD_TERMS.filter((term) => !used.has(term)).map(({ keys }) => keys)).toEqual([]);
  expect(KEYS.length).toBeGreaterThan(100);
});

test("no two rows have the same key, and each says from when or why not", () => {
  expect(new Set(RELOAD_TERMS.map(({ keys }) => keys)).size).toBe(RELOAD_TERMS.length);
  for (const { how } of RELOAD_TERMS) expect(how.length).toBeGreaterThan(5);
});

test("an entry that is added has another row than its keys", () => {
  expect(reloadTerm(["risk", "accounts", "NEW"])).not.toBe(reloadTerm(["risk", "accounts", "NEW", "maxOrderQty"]));
  expect(reloadTerm(["risk", "accounts", "NEW", "maxOrderQty"]).by).toBe("limits");
  expect(reloadTerm(["client", "sessions", "a.b", "passwordHash"]).by).toBe("credentials");
  expect(reloadTerm(["client", "sessions", "a.b", "compId"]).by).toBeNull();
  expect(reloadTerm(["client", "sessions", "a.b"]).by).toBe("client sessions");
  expect(reloadTerm(["venues", "NEW"]).by).toBe("venues");
  expect(reloadTerm(["venues", "NEW", "fields", "set"]).by).toBeNull();
});

test("a key without a row is named", () => {
  expect(() => reloadTerm(["other", "key"])).toThrow("other.key: expected a row in config/reload-terms.ts, got none");
});
