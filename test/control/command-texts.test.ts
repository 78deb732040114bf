import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { actionCommands } from "../../src/control/action-record.ts";
import { type Command, CommandRing } from "../../src/control/command-ring.ts";
import { COMMAND_KINDS } from "../../src/control/kinds.ts";
import { changeCommand, configureCommand } from "../../src/control/setting-changes.ts";
import { ACCOUNTS } from "../../src/core/assembly/layout.ts";
import { overrideText } from "../../src/core/overrides.ts";
import { FORMAT_VERSION } from "../../src/journal/layout.ts";
import * as codes from "../../src/record/control-codes.ts";
import { CONTROL_NAME_AT, CONTROL_TEXT_AT, CONTROL_TEXT_BYTES } from "../../src/record/control-codes.ts";
import { quotesText } from "../../src/record/quotes.ts";
import { positionsText } from "../../src/record/start-positions.ts";
import { EntryRecords } from "../../src/recovery/entry-records.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { Rig } from "../core/agent-rig.ts";

const NO_TEXT = new Uint8Array();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const change = (name: string) => [{ subject: ACCOUNTS, name, setting: 1, value: 5n }];
const action = { phase: "asked", id: 7, from: "a test", action: "limits.change", target: "", why: "" } as const;
const terms = { id: 7, quantity: 5n, price: 5n, session: 0, side: 49, ordType: 50, symbol: "A", clOrdId: "" };
const persons = { by: "b", confirmedBy: "c", why: "" };

/** CAUSE_…, CANCEL_…, no time; then the name. */
function cancelText(name: string, nameAt: number, cause: number): Uint8Array {
  const text = new Uint8Array(nameAt + name.length);
  text[0] = cause;
  text.set(utf8(name), nameAt);
  new DataView(text.buffer).setFloat64(codes.CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
  if (nameAt === codes.CANCEL_ACCOUNT_AT) new DataView(text.buffer).setInt32(codes.CANCEL_VENUE_AT, -1, true);
  return text;
}

/** The command of each kind with a name; kinds without one have their name alone. */
const TEXTS: Readonly<Record<number, (name: string) => Omit<Command, "kind">>> = {
  [codes.CONTROL_CLOSE_ORDER]: (name) => ({ text: utf8(name) }),
  [codes.CONTROL_OPERATOR_ACTION]: (name) => actionCommands({ ...action, who: name })[0]!,
  [codes.CONTROL_SESSION_TRADING]: (name) => ({ name, text: utf8(name) }),
  [codes.CONTROL_VENUE_TRADING]: (name) => ({ name, text: utf8(name) }),
  [codes.CONTROL_CHANGE]: (name) => changeCommand(change(name), name)!,
  [codes.CONTROL_CONFIGURE]: (name) => configureCommand(change(name), name)!,
  [codes.CONTROL_CHANGE_LASTING]: (name) => changeCommand(change(name), name)!,
  [codes.CONTROL_CHANGE_UNTIL]: (name) => changeCommand(change(name), name)!,
  [codes.CONTROL_CHANGES_END]: (name) => changeCommand(change(name), name)!,
  [codes.CONTROL_POSITIONS]: (name) => ({
    value: 1,
    name,
    text: positionsText([{ account: name, symbol: name, quantity: 5n }])!,
  }),
  [codes.CONTROL_QUOTES]: (name) => ({ value: 1, text: quotesText([{ symbol: name, priceE8: 5n, ageMs: 0 }]).text }),
  [codes.CONTROL_CANCEL_SESSION]: (name) => ({
    amount: 0,
    text: cancelText(name, codes.CANCEL_TEXT_BYTES, codes.CAUSE_MASS),
  }),
  [codes.CONTROL_CANCEL_ORDERS]: (name) => ({
    amount: -1,
    name,
    text: cancelText(name, codes.CANCEL_ACCOUNT_AT, codes.CAUSE_OPERATOR),
  }),
  [codes.CONTROL_CANCEL_KILLED]: (name) => ({
    amount: -1,
    name,
    text: cancelText(name, codes.CANCEL_ACCOUNT_AT, codes.CAUSE_KILL),
  }),
  [codes.CONTROL_OVERRIDE]: (name) => ({ text: overrideText({ ...terms, ...persons, account: name }) }),
};
const NAMES = Array.from({ length: 9 }, (_, i) => "NOVEMBER9".slice(0, i + 1));

/** A ring whose slots hold long texts of earlier commands; what it sends, as the slot has it. */
function usedRing() {
  const views = new Views(new SharedArrayBuffer(1 << 16));
  const slots = 2;
  const controlAnswersAt = OneToOne.bytesFor(slots, codes.CONTROL_SLOT_BYTES);
  views.bytes.fill(0xee, OneToOne.bytesFor(0, codes.CONTROL_SLOT_BYTES), controlAnswersAt);
  const ring = new CommandRing(views, { controlAt: 0, controlAnswersAt, controlSlots: slots });
  const core = new OneToOne(views, 0, slots, codes.CONTROL_SLOT_BYTES);
  return { ring, slot: () => views.bytes.subarray(core.peek()) };
}

test.each(COMMAND_KINDS.map((kind) => [kind]))(
  "zeros follow the text of a command of kind %d to the end of its last word, in the ring and in a reader's room",
  (kind) => {
    const rig = new Rig().up();
    const records = new EntryRecords();
    for (const name of NAMES) {
      const command: Command = { name, ...TEXTS[kind]?.(name), kind };
      const text = command.text ?? NO_TEXT;
      const padded = (text.length + 7) & ~7;
      const { ring, slot } = usedRing();
      expect(ring.send(command, 0)).toBe(1);
      const wanted = [...text, ...new Uint8Array(padded - text.length)];
      expect([...slot().subarray(CONTROL_TEXT_AT, CONTROL_TEXT_AT + padded)]).toEqual(wanted);

      rig.command(kind, command.value ?? 0, command.amount ?? 0, command.name ?? "", 1, text);
      rig.agent.poll(0);
      rig.answered();
      const entry = rig.entries.pop();
      rig.entries.length = 0;
      // A cancel of many orders that finds none is not journalled.
      if (entry === undefined) continue;
      const payload = { views: entry.payload, payloadAt: 0, payloadLength: entry.payloadBytes };
      const view = { ...entry, ...payload, version: FORMAT_VERSION };
      const { bytes } = records.control(view).views;
      expect([...bytes.subarray(CONTROL_TEXT_AT, CONTROL_TEXT_AT + ((text.length + 3) & ~3))]).toEqual(
        wanted.slice(0, (text.length + 3) & ~3),
      );
      expect([...records.controlText(view)]).toEqual([...text]);
      expect(Buffer.from(bytes.subarray(CONTROL_NAME_AT, CONTROL_NAME_AT + 9)).toString("latin1")).toBe(
        (command.name ?? "").padEnd(9, "\0"),
      );
    }
  },
);

test("a text that a slot has no room for is refused, with its length", () => {
  const { ring } = usedRing();
  const kind = codes.CONTROL_OPERATOR_ACTION;
  expect(() => ring.send({ kind, text: new Uint8Array(CONTROL_TEXT_BYTES + 1) }, 0)).toThrow(
    "text of command 5: expected at most 1920 bytes, got 1921",
  );
  expect(ring.send({ kind, text: new Uint8Array(CONTROL_TEXT_BYTES) }, 0)).toBeGreaterThan(0);
});
