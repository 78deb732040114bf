import { expect, test } from "bun:test";
import { agentKind, agentName } from "../../src/config/agents.ts";

test.each([
  ["client", "client"],
  ["client0", "client"],
  ["venue9", "venue"],
  ["core", "core"],
  ["keeper", "keeper"],
  ["exchange", "exchange"],
  ["venues", null],
  ["clientele", null],
  ["venue12", null],
  ["", null],
])("the kind of %s is %s", (name, kind) => expect(agentKind(name)).toBe(kind as never));

test("client and venue are short for the first of their kind", () => {
  expect(["client", "venue", "venue1", "core"].map(agentName)).toEqual(["client0", "venue0", "venue1", "core"]);
});
