import { beforeEach, describe, expect, test } from "bun:test";
import { EMPTY, FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { type Command, CommandRing } from "../../src/control/command-ring.ts";
import { commandText } from "../../src/control/command-text.ts";
import { type CommandOutcome, Commands, NO_ANSWER, NOT_SENT, unanswered } from "../../src/control/commands.ts";
import { Control } from "../../src/record/control.ts";
import { ControlAnswer } from "../../src/record/control-answer.ts";
import * as answers from "../../src/record/control-codes.ts";
import {
  CONTROL_BYTES,
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  CONTROL_SLOT_BYTES,
} from "../../src/record/control-codes.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";

const SLOTS = 4;
const ENGAGE: Command = { kind: CONTROL_KILL, value: 1 };
const PLAN = {
  controlAt: 0,
  controlAnswersAt: OneToOne.bytesFor(SLOTS, CONTROL_SLOT_BYTES),
  controlSlots: SLOTS,
};

/** The core's end of both rings. */
class FakeCore {
  readonly views = new Views(
    new SharedArrayBuffer(PLAN.controlAnswersAt + OneToOne.bytesFor(SLOTS, answers.CONTROL_ANSWER_BYTES)),
  );
  readonly ring = new CommandRing(this.views, PLAN);
  private readonly commands = new OneToOne(this.views, PLAN.controlAt, SLOTS, CONTROL_SLOT_BYTES);
  private readonly answers = new OneToOne(this.views, PLAN.controlAnswersAt, SLOTS, answers.CONTROL_ANSWER_BYTES);
  private position = 1_000;

  /** Answers the oldest command. Returns it as [kind, value, amount, name, atUs]. */
  answer(result = answers.CONTROL_APPLIED, value = 0): [number, number, number, string, number] {
    const at = this.commands.peek();
    expect(at).not.toBe(EMPTY);
    const control = new Control(this.views).aim(at);
    const answerAt = this.answers.claim();
    expect(answerAt).not.toBe(FULL);
    const answer = new ControlAnswer(this.views).aim(answerAt);
    answer.number = control.number;
    answer.kind = control.kind;
    answer.result = result;
    answer.value = value;
    answer.position = this.position;
    this.position += 100;
    const name = String.fromCharCode(...this.views.bytes.slice(at + CONTROL_NAME_AT, at + CONTROL_BYTES));
    const seen: [number, number, number, string, number] = [
      control.kind,
      control.value,
      control.amount,
      name.replaceAll("\0", ""),
      control.atUs,
    ];
    this.answers.publish();
    this.commands.release();
    return seen;
  }
}

let core: FakeCore;
let woken: number;
let durableTo: number;
let isDurable: (position: number) => boolean;
let late: string[];
let commands: Commands;

beforeEach(() => {
  core = new FakeCore();
  woken = 0;
  durableTo = Number.POSITIVE_INFINITY;
  isDurable = (position) => position < durableTo;
  late = [];
  commands = make(5_000);
});

function make(timeoutMs: number): Commands {
  return new Commands({
    ring: core.ring,
    wakeCore: () => void woken++,
    isDurable: (position) => isDurable(position),
    timeoutMs,
    late: (command, { applied, reason }) => void late.push(`${commandText(command)}: ${applied} ${reason}`),
  });
}

/** The outcome where there is one by now, else null. */
async function now(outcome: Promise<CommandOutcome>): Promise<CommandOutcome | null> {
  return Promise.race([outcome, Bun.sleep(0).then(() => null)]);
}

test("a command reaches the core whole, and the core is woken", () => {
  const name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  expect(core.ring.send({ kind: CONTROL_REFERENCE_PRICE, value: 3, amount: 1.5e8, name }, 77)).toBe(1);
  expect(core.answer()).toEqual([CONTROL_REFERENCE_PRICE, 3, 1.5e8, name, 77]);
  expect(core.ring.send(ENGAGE, 78)).toBe(2);
  expect(core.answer()).toEqual([CONTROL_KILL, 1, 0, "", 78]);
  void commands.send(ENGAGE);
  expect(woken).toBe(1);
});

test.each<[number, number, CommandOutcome]>([
  [answers.CONTROL_APPLIED, 1, { applied: true, changed: true, value: 1, reason: "", result: 1 }],
  [answers.CONTROL_UNCHANGED, 1, { applied: true, changed: false, value: 1, reason: "", result: 2 }],
  [answers.CONTROL_UNKNOWN_KIND, 0, refused("the core has no such command", 3)],
  [answers.CONTROL_UNKNOWN_NAME, 0, refused("there is no symbol, account, session or venue of this name", 4)],
  [answers.CONTROL_BAD_VALUE, 0, refused("the value is out of range", 5)],
  [99, 0, refused("the core refused it: 99", 99)],
])("result %d of the core becomes an outcome", async (result, value, outcome) => {
  const sent = commands.send(ENGAGE);
  expect(await now(sent)).toBeNull();
  core.answer(result, value);
  commands.poll();
  expect(await sent).toEqual(outcome);
});

test("each command has its own answer, in the order in which they were sent", async () => {
  const [first, second, third] = [commands.send(ENGAGE), commands.send({ kind: CONTROL_KILL }), commands.send(ENGAGE)];
  core.answer(answers.CONTROL_APPLIED, 1);
  core.answer(answers.CONTROL_APPLIED, 0);
  commands.poll();
  expect([(await first).value, (await second).value]).toEqual([1, 0]);
  expect(await now(third)).toBeNull();
  core.answer(answers.CONTROL_UNCHANGED, 1);
  commands.poll();
  expect((await third).changed).toBe(false);
});

test("an answer that becomes durable while answers are read loses no other", async () => {
  const sent = [commands.send(ENGAGE), commands.send(ENGAGE)];
  core.answer(answers.CONTROL_APPLIED, 1);
  core.answer(answers.CONTROL_UNCHANGED, 1);
  let asked = 0;
  isDurable = () => asked++ > 0;
  commands.poll();
  commands.poll();
  expect((await Promise.all(sent)).map(({ changed }) => changed)).toEqual([true, false]);
});

describe("a full ring", () => {
  test("refuses the command at once, with the reason, and does not lose those in it", async () => {
    const sent = Array.from({ length: SLOTS }, () => commands.send(ENGAGE));
    expect(await commands.send(ENGAGE)).toEqual(
      refused("the control ring is full: the core has not answered the last 4 commands"),
    );
    for (const _ of sent) core.answer();
    commands.poll();
    expect((await Promise.all(sent)).every(({ applied }) => applied)).toBe(true);
    const next = commands.send(ENGAGE);
    core.answer();
    commands.poll();
    expect((await next).applied).toBe(true);
  });

  test("is full as long as answers are unread, so that the core always has room for them", () => {
    for (let i = 0; i < SLOTS; i++) expect(core.ring.send(ENGAGE, 0)).toBeGreaterThan(0);
    for (let i = 0; i < SLOTS; i++) core.answer();
    expect(core.ring.send(ENGAGE, 0)).toBe(FULL);
    core.ring.drain(() => {});
    expect(core.ring.underWay).toBe(0);
    expect(core.ring.send(ENGAGE, 0)).toBe(SLOTS + 1);
  });
});

test("a core that does not answer in time: the outcome says so; a late answer is reported", async () => {
  commands = make(20);
  const outcome = await commands.send(ENGAGE);
  expect(outcome).toEqual(
    refused("no answer from the core within 0.02 s; the command is in the ring and may still be applied", NO_ANSWER),
  );
  expect([unanswered(outcome), unanswered({ result: NOT_SENT })]).toEqual(["not-answered", "not-sent"]);
  expect(late).toEqual([]);
  core.answer(answers.CONTROL_APPLIED, 1);
  commands.poll();
  expect(late).toEqual(["engage the kill switch: true "]);
  expect(core.ring.underWay).toBe(0);
});

test("an answer waits until its entry is on the disk", async () => {
  durableTo = 0;
  const sent = commands.send(ENGAGE);
  const next = commands.send(ENGAGE);
  core.answer();
  core.answer();
  commands.poll();
  expect(await now(sent)).toBeNull();
  durableTo = 1_001;
  expect((await sent).applied).toBe(true);
  expect(await now(next)).toBeNull();
  durableTo = 1_101;
  expect((await next).applied).toBe(true);
});

describe("a gateway that stops", () => {
  test("takes no more commands", async () => {
    commands.close();
    expect(await commands.send(ENGAGE)).toEqual(refused("the gateway is stopping"));
  });

  test("delivers the last answers, and says which commands have none", async () => {
    const [answered, unanswered] = [commands.send(ENGAGE), commands.send(ENGAGE)];
    core.answer();
    commands.end();
    expect((await answered).applied).toBe(true);
    expect(await unanswered).toEqual(refused("the gateway stopped before the core answered"));
  });
});

function refused(reason: string, result = 0): CommandOutcome {
  return { applied: false, changed: false, value: 0, reason, result };
}
