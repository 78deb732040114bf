import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, FORMAT_VERSION } from "../../src/journal/layout.ts";
import type { EntryView } from "../../src/journal/store/reader.ts";
import { Control } from "../../src/record/control.ts";
import { CONTROL_BYTES, CONTROL_KILL } from "../../src/record/control-codes.ts";
import { Replay } from "../../src/recovery/recovery.ts";
import { CONFIG, START_US } from "../core/driver.ts";

function entryOf(kind: number): EntryView {
  const views = Views.allocate(CONTROL_BYTES);
  const control = new Control(views).aim(0);
  control.kind = kind;
  control.value = 1;
  const place = { views, payloadAt: 0, payloadLength: CONTROL_BYTES, position: 4_711 };
  return { ...place, version: FORMAT_VERSION, kind: ENTRY_CONTROL, index: 0, timeUs: START_US } as EntryView;
}

test("a command of a later version is not passed over: what an operator has set by it would be lost", () => {
  const replay = new Replay(Core.alone(CONFIG));
  replay.take(entryOf(CONTROL_KILL));
  expect(() => replay.take(entryOf(250))).toThrow(
    "stream core, position 4711: expected a command that this version of sallyport knows, got kind 250: start the version that wrote it",
  );
});
