import { expect, test } from "bun:test";
import { COMMAND_KINDS } from "../../src/control/kinds.ts";
import { CONTROL_UNKNOWN_KIND } from "../../src/record/control-codes.ts";
import { CoreDriver } from "../core/driver.ts";

test("the kinds are those that the core knows, and no others", () => {
  const driver = new CoreDriver();
  const known: number[] = [];
  for (let kind = 1; kind < 256; kind++) if (driver.instruct(kind, 0, 0, "") !== CONTROL_UNKNOWN_KIND) known.push(kind);
  expect(known).toEqual([...COMMAND_KINDS]);
});
