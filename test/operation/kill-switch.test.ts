import { expect, test } from "bun:test";
import { KILL_KINDS, readScope, scopeText } from "../../src/operation/kill-switch.ts";

test("the text of every scope leads back to it", () => {
  for (const kind of KILL_KINDS) {
    const scope = { kind, name: kind === "firm" ? "" : "A:B" };
    expect(readScope(scopeText(scope))).toEqual(scope);
  }
});

test.each(["", "firm:", "firm:X", "account", "account:", "desk:D1", "Account:A"])("%p is no scope", (text) => {
  expect(readScope(text)).toBeNull();
});
