import { expect, test } from "bun:test";
import { differences, keyText, shownValue, withChanges } from "../../src/config/difference.ts";
import { loadConfig } from "../../src/config/load.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import type { ConfigFile } from "../../src/config/schema.ts";
import { changed, SMALL } from "./small.ts";

function fileOf(text: string): ConfigFile {
  const loaded = loadConfig(text, "file.toml");
  if (loaded.config === undefined) throw new Error(loaded.problems[0]?.what);
  return loaded.file;
}

function texts(from: string, to: string): string[] {
  return differences(fileOf(from), fileOf(to)).map(
    ({ keys, before, after }) => `${keyText(keys)}: ${shownValue(keys, before)} → ${shownValue(keys, after)}`,
  );
}

const HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo";

test("a file that is written in another way does not differ", () => {
  expect(texts(SMALL, `# a comment\n${changed("[risk]", "[risk]\nkill = false")}`)).toEqual([]);
  expect(texts(SMALL, changed('"150.25"', "150.25"))).toEqual([]);
});

test("each key that differs is named with both values", () => {
  expect(texts(SMALL, changed("maxOrderQty = 1000", "maxOrderQty = 2000"))).toEqual([
    "risk.accounts.ACC1.maxOrderQty: 1000 → 2000",
  ]);
  expect(texts(SMALL, changed('accounts = ["ACC1"]', 'accounts = ["ACC1"]\nallow = ["10.0.0.0/8"]'))).toEqual([
    'client.sessions.CLIENT.allow: not set → ["10.0.0.0/8"]',
  ]);
});

test("a table that only one file has is one change", () => {
  const more = `${SMALL}[symbols."BRK.B"]\nreferencePrice = 400\n`;
  expect(texts(SMALL, more)).toEqual(['symbols."BRK.B": not set → a table']);
  expect(texts(more, SMALL)).toEqual(['symbols."BRK.B": a table → not set']);
});

test("dates, times and lists of tables are compared by value", () => {
  const hours = (open: string) => `${SMALL}[calendars.NY]\nzone = "UTC"\nopen = ${open}\nclose = "17:00"\n`;
  expect(texts(hours("09:30:00"), hours("09:30:00"))).toEqual([]);
  expect(texts(hours("09:30:00"), hours("09:45:00"))).toHaveLength(1);
  const lanes = (cpu: number) =>
    `${SMALL}[[lanes.place]]\nagents = ["client", "core", "venue"]\ncpu = ${cpu}\n[[lanes.place]]\nagents = ["keeper"]\n`;
  expect(texts(lanes(1), lanes(1))).toEqual([]);
  expect(texts(lanes(1), lanes(2))).toEqual(["lanes.place: [a table, a table] → [a table, a table]"]);
});

test("a secret is not shown", () => {
  const hashed = changed('accounts = ["ACC1"]', `accounts = ["ACC1"]\npasswordHash = "${HASH}"`);
  const other = hashed.replace("c2FsdHNhbHRzYWx0", "b3RoZXJvdGhlcm90");
  expect(texts(hashed, other)).toEqual(["client.sessions.CLIENT.passwordHash: (secret) → (secret)"]);
  expect(texts(SMALL, hashed)).toEqual(["client.sessions.CLIENT.passwordHash: not set → (secret)"]);
});

test("a file with its differences made is the other file, and the first one stays as it was", () => {
  const before = fileOf(SMALL);
  const after = fileOf(
    `${changed("maxOrderQty = 1000", "maxOrderQty = 7").replace("collarPercent = 5", "collarPercent = 6")}[symbols.MSFT]\nreferencePrice = 1\n`,
  );
  const kept = JSON.stringify(before);
  const made = withChanges(before, differences(before, after));
  expect(differences(made, after)).toEqual([]);
  expect(resolveConfig(made)).toEqual(resolveConfig(after));
  expect(JSON.stringify(before)).toBe(kept);
});
