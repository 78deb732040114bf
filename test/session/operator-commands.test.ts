import { expect, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { type SessionOrder, SessionRing } from "../../src/control/session-ring.ts";
import { ENTRY_MESSAGE, ENTRY_SESSION, SESSION_EVENT_COMMAND } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { recoverSide } from "../../src/journal/store/recover.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  TRADING_CANCEL_ONLY,
  TRADING_OFF,
  TRADING_ON,
} from "../../src/record/control-codes.ts";
import {
  SESSION_ADD,
  SESSION_ANSWER_BYTES,
  SESSION_BUSY,
  SESSION_COMMAND_BYTES,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NOT_BUILT,
  SESSION_NOT_WITH_CONNECTION,
  SESSION_NUMBERS,
  SESSION_RETIRE,
  SESSION_REVIVE,
  SESSION_TEXT_BYTES,
  SESSION_UNBOUND,
  SESSION_UNDER_WAY,
} from "../../src/record/session-command.ts";
import type { MainWakeup } from "../../src/ring/main-wakeup.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { OperatorCommands } from "../../src/session/operator-commands.ts";
import { LinkRig, SESSION, short } from "./rig.ts";

const SLOTS = 4;
const ANSWERS_AT = OneToOne.bytesFor(SLOTS, SESSION_COMMAND_BYTES);
const RECORDS_AT = ANSWERS_AT + OneToOne.bytesFor(SLOTS, SESSION_ANSWER_BYTES);
const TRADING_AT = RECORDS_AT + OneToOne.bytesFor(SLOTS, 64);

/** An agent with one session, between the main thread's ring and the core's. */
class AgentRig extends LinkRig {
  readonly views = new Views(new SharedArrayBuffer(TRADING_AT + 64));
  readonly main = new SessionRing(this.views, { commandsAt: 0, commandAnswersAt: ANSWERS_AT }, SLOTS);
  /** To the core, and the core's end. */
  readonly records = new OneToOne(this.views, RECORDS_AT, SLOTS, 64);
  readonly core = new OneToOne(this.views, RECORDS_AT, SLOTS, 64);
  readonly commands: OperatorCommands;
  hasRoom = true;
  wakeups = 0;
  connects = 0;
  readonly added: number[] = [];
  /** What a building comes to. */
  built = NONE;
  /** Definitions of a session that is there. */
  discarded = 0;

  constructor() {
    super();
    const end = (at: number, bytes: number): OneToOne => new OneToOne(this.views, at, SLOTS, bytes);
    const agent = {
      ready: () => this.hasRoom,
      added: (place: number) => void this.added.push(place),
      skipCopies: () => CONTROL_UNKNOWN_KIND,
      connectNow: () => (this.connects++ === 0 ? CONTROL_APPLIED : CONTROL_UNCHANGED),
      changed: () => {},
    };
    this.commands = new OperatorCommands(agent, {
      links: [this.link],
      commands: end(0, SESSION_COMMAND_BYTES),
      answers: end(ANSWERS_AT, SESSION_ANSWER_BYTES),
      records: this.records,
      journal: this.journal.writer,
      time: this.time,
      wakeup: { wake: () => void this.wakeups++ } as unknown as MainWakeup,
      ints: this.views.ints,
      tradingWord: TRADING_AT >> 2,
      builder: { tookUs: 7, build: () => this.built, discard: () => void this.discarded++ },
    });
  }

  send(kind: number, more: Partial<SessionOrder> = {}): void {
    this.main.send({ kind, session: SESSION, ...more }, 0);
  }

  /** The results of a turn. */
  poll(): number[] {
    this.commands.poll();
    const results: number[] = [];
    this.main.drain(({ result }) => results.push(result));
    return results;
  }

  /** Sends a command; returns its result. */
  ask(kind: number, more: Partial<SessionOrder> = {}): number[] {
    this.send(kind, more);
    return this.poll();
  }

  numbers(nextIn: number, nextOut: number): number[] {
    return this.ask(SESSION_NUMBERS, { nextIn, nextOut });
  }

  trade(state: number): void {
    this.views.ints[(TRADING_AT >> 2) + 1 + SESSION] = state;
    this.views.ints[TRADING_AT >> 2]!++;
  }

  /** Where a start continues the session: [next in, next out, epoch]. */
  recovered(): number[] {
    this.journal.settle();
    const { nextIn, nextOut, epoch } = recoverSide(this.journal.dir, "client0").sessions.get(SESSION)!;
    return [nextIn, nextOut, epoch];
  }

  /** What the journal has of commands and of messages out. */
  journalled(): string[] {
    const seen: string[] = [];
    this.journal.settle();
    readStream(this.journal.dir, "client0", (entry) => {
      const bytes = entry.views.bytes.slice(entry.payloadAt, entry.payloadAt + entry.payloadLength);
      const text = Buffer.from(bytes).toString("latin1");
      if (entry.kind === ENTRY_SESSION && entry.index === SESSION_EVENT_COMMAND)
        seen.push(`command ${bytes[0]} ${text.slice(32)}`);
      if (entry.kind === ENTRY_MESSAGE) seen.push(/\x0135=(\w+)/.exec(text)![1]!);
    });
    return seen;
  }
}

test("without a command nothing is read, answered or woken", () => {
  using rig = new AgentRig();
  expect([rig.poll(), rig.wakeups, rig.commands.waiting]).toEqual([[], 0, false]);
});

test("a Logout has the operator's text, and waits for the peer's", () => {
  using rig = new AgentRig();
  rig.logon().take();
  expect(rig.ask(SESSION_LOGOUT, { text: "see you at 10:00" })).toEqual([CONTROL_APPLIED]);
  expect(rig.ask(SESSION_LOGOUT)).toEqual([CONTROL_UNCHANGED]);
  rig.turn();
  expect(short(rig.take())).toEqual(["5 2 see you at 10:00"]);
  rig.say("5").turnUntil(() => rig.closings.length > 0);
  expect(rig.closings).toEqual([DisconnectReason.LOGGED_OUT]);
  expect(rig.ask(SESSION_LOGOUT)).toEqual([CONTROL_UNCHANGED]);
  expect(rig.journalled()).toEqual(["A", "command 1 see you at 10:00", "5"]);
  expect(rig.wakeups).toBe(3);
});

test("a Logout without a text says who did it; an earlier command's text is not in it", () => {
  using rig = new AgentRig();
  for (let i = 0; i < SLOTS; i++) rig.ask(SESSION_LOGOUT, { text: "x".repeat(SESSION_TEXT_BYTES) });
  rig.logon().take();
  rig.ask(SESSION_LOGOUT);
  rig.turn();
  expect(short(rig.take())).toEqual(["5 2 Logged out by an operator"]);
});

test("a kick closes at once, without a Logout", () => {
  using rig = new AgentRig();
  rig.logon().take();
  expect(rig.ask(SESSION_KICK)).toEqual([CONTROL_APPLIED]);
  expect([rig.closings, rig.link.stream]).toEqual([[DisconnectReason.KICKED], null]);
  expect(rig.ask(SESSION_KICK)).toEqual([CONTROL_UNCHANGED]);
  expect(rig.take()).toEqual([]);
});

test("connect now is the agent's; an unknown kind or session is refused", () => {
  using rig = new AgentRig();
  expect(rig.ask(SESSION_CONNECT)).toEqual([CONTROL_APPLIED]);
  expect(rig.ask(SESSION_CONNECT)).toEqual([CONTROL_UNCHANGED]);
  expect(rig.ask(9)).toEqual([CONTROL_UNKNOWN_KIND]);
  expect(rig.ask(SESSION_KICK, { session: 7 })).toEqual([CONTROL_UNKNOWN_NAME]);
  expect(rig.journalled()).toEqual(["command 4 "]);
});

test("a command waits while the journal or the ring to the core has no room, and those behind it, too", () => {
  using rig = new AgentRig();
  rig.logon().take();
  rig.hasRoom = false;
  rig.send(SESSION_KICK);
  rig.send(SESSION_KICK);
  expect([rig.poll(), rig.commands.waiting, rig.closings]).toEqual([[], true, []]);
  rig.hasRoom = true;
  expect([rig.poll(), rig.commands.waiting]).toEqual([[CONTROL_APPLIED, CONTROL_UNCHANGED], false]);
});

test("numbers without a connection: higher ones keep the epoch, a lower one begins another", () => {
  using rig = new AgentRig();
  expect(rig.numbers(10, 0)).toEqual([CONTROL_APPLIED]);
  expect(rig.numbers(0, 20)).toEqual([CONTROL_APPLIED]);
  expect(rig.numbers(10, 20)).toEqual([CONTROL_UNCHANGED]);
  expect(rig.recovered()).toEqual([10, 20, 0]);
  expect(rig.numbers(0, 5)).toEqual([CONTROL_APPLIED]);
  expect(rig.recovered()).toEqual([10, 5, 1]);
  expect(rig.numbers(3, 0)).toEqual([CONTROL_APPLIED]);
  expect(rig.recovered()).toEqual([3, 5, 2]);
  expect(rig.numbers(-1, 5)).toEqual([CONTROL_BAD_VALUE]);
  rig.peerNext = 3;
  rig.logon();
  expect(short(rig.take())).toEqual(["A 5"]);
});

test("what was sent before a higher number can be sent again; what lies between is filled", () => {
  using rig = new AgentRig();
  rig.logon().report("one");
  rig.hangUp();
  expect(rig.numbers(0, 50)).toEqual([CONTROL_APPLIED]);
  rig.logon().take();
  rig.say("2", "7=2|16=0|");
  const sent: string[] = [];
  rig.turnUntil(() => sent.push(...short(rig.take())) > 1);
  expect(sent).toEqual(["8* 2 one", "4* 3>51"]);
});

test("logged on, our number only goes up: a SequenceReset says so and uses up no number", () => {
  using rig = new AgentRig();
  rig.logon().take();
  expect(rig.numbers(0, 1)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(1, 9)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(9, 0)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(0, 9)).toEqual([CONTROL_APPLIED]);
  rig.turn();
  const [reset] = rig.take();
  expect([35, 34, 36, 123].map((tag) => reset!.get(tag))).toEqual(["4", "2", "9", "N"]);
  rig.report("after it").turn();
  expect(short(rig.take())).toEqual(["8 9 after it"]);
  expect(rig.recovered()).toEqual([1, 10, 0]);
});

test("logged on, the peer's number goes up within an open gap: what is missing is given up, what waited is taken", () => {
  using rig = new AgentRig();
  rig.logon().take();
  rig.say("D", "58=late|", 5).turnUntil(() => short(rig.take()).some((message) => message.startsWith("2")));
  expect(rig.numbers(7, 0)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(5, 0)).toEqual([CONTROL_APPLIED]);
  rig.turn();
  expect([rig.applications, rig.link.session.numbers.nextIn]).toEqual([["late"], 6]);
  expect(rig.recovered()[0]).toBe(5);
});

test("no message that waits behind a gap is skipped", () => {
  using rig = new AgentRig();
  rig.logon().take();
  rig.say("D", "58=first|", 5).turnUntil(() => short(rig.take()).some((message) => message.startsWith("2")));
  rig.say("D", "58=second|", 6).turn();
  expect(rig.numbers(7, 0)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(6, 0)).toEqual([SESSION_NOT_WITH_CONNECTION]);
  expect(rig.numbers(5, 0)).toEqual([CONTROL_APPLIED]);
  rig.turn();
  expect([rig.applications, rig.link.session.numbers.nextIn]).toEqual([["first", "second"], 7]);
});

test("a dynamic session without a client has no numbers to set", () => {
  using rig = new AgentRig();
  rig.link.session.adopt("");
  expect(rig.numbers(9, 0)).toEqual([SESSION_UNBOUND]);
  rig.link.session.adopt("PEER");
  expect(rig.numbers(9, 0)).toEqual([CONTROL_APPLIED]);
});

test("logging on, logging out and while a resend runs numbers are refused", () => {
  using rig = new AgentRig();
  rig.connect();
  expect(rig.numbers(0, 9)).toEqual([SESSION_BUSY]);
  rig.say("A", "98=0|108=30|").turnUntil(() => rig.logons > 0);
  rig.link.live = false;
  expect(rig.numbers(0, 9)).toEqual([SESSION_BUSY]);
  rig.link.live = true;
  rig.ask(SESSION_LOGOUT);
  expect(rig.numbers(0, 9)).toEqual([SESSION_BUSY]);
});

test("the peer's number is set once the core has taken what came before, or not at all", () => {
  using rig = new AgentRig();
  rig.records.claim();
  rig.records.publish();
  rig.send(SESSION_NUMBERS, { nextIn: 9 });
  expect([rig.poll(), rig.commands.waiting]).toEqual([[], true]);
  rig.core.peek();
  rig.core.release();
  // What comes behind the command is not waited for.
  rig.records.claim();
  rig.records.publish();
  expect([rig.poll(), rig.commands.waiting]).toEqual([[CONTROL_APPLIED], false]);
  rig.send(SESSION_NUMBERS, { nextIn: 19 });
  rig.poll();
  rig.time.nowNs += 1.1e9;
  expect(rig.poll()).toEqual([SESSION_UNDER_WAY]);
  expect(rig.link.session.numbers.nextIn).toBe(9);
  // Ours needs no wait.
  expect(rig.numbers(0, 30)).toEqual([CONTROL_APPLIED]);
});

test("a session that is switched off is logged out, and admits no connection until it is on", () => {
  using rig = new AgentRig();
  rig.logon().take();
  rig.trade(TRADING_CANCEL_ONLY);
  rig.poll();
  expect([rig.link.offReason, rig.link.admits()]).toEqual([DisconnectReason.NONE, true]);
  rig.hasRoom = false;
  rig.trade(TRADING_OFF);
  rig.poll();
  expect(rig.link.offReason).toBe(DisconnectReason.NONE);
  rig.hasRoom = true;
  rig.poll();
  rig.turn();
  expect(short(rig.take())).toEqual(["5 2 Session is switched off"]);
  const { SWITCHED_OFF, NONE } = DisconnectReason;
  expect([rig.link.offReason, rig.link.shut, rig.link.admits()]).toEqual([SWITCHED_OFF, true, false]);
  rig.trade(TRADING_ON);
  rig.poll();
  expect([rig.link.offReason, rig.link.shut, rig.link.admits()]).toEqual([NONE, false, true]);
});

test("a session that is added is shown to its agent, and the journal has it", () => {
  using rig = new AgentRig();
  const session = SESSION + 1;
  expect(rig.ask(SESSION_ADD, { session })).toEqual([SESSION_NOT_BUILT]);
  expect(rig.added).toEqual([]);
  rig.built = 0;
  expect(rig.ask(SESSION_ADD, { session })).toEqual([CONTROL_APPLIED]);
  expect(rig.added).toEqual([0]);
});

test("one that its agent has is not added again", () => {
  using rig = new AgentRig();
  rig.built = 0;
  expect(rig.ask(SESSION_ADD)).toEqual([CONTROL_UNCHANGED]);
  expect([rig.added, rig.discarded]).toEqual([[], 1]);
});

test("a retired session is logged out, admits nobody whatever its trading state, and comes back as it was", () => {
  using rig = new AgentRig();
  rig.logon().take();
  const { RETIRED, SWITCHED_OFF, NONE } = DisconnectReason;
  expect(rig.ask(SESSION_RETIRE)).toEqual([CONTROL_APPLIED]);
  rig.turn();
  expect(short(rig.take())).toEqual(["5 2 Session is retired"]);
  rig.trade(TRADING_OFF);
  rig.poll();
  rig.trade(TRADING_ON);
  rig.poll();
  expect([rig.link.offReason, rig.link.shut, rig.link.admits()]).toEqual([RETIRED, true, false]);
  expect(rig.ask(SESSION_RETIRE)).toEqual([CONTROL_UNCHANGED]);
  rig.trade(TRADING_OFF);
  expect(rig.ask(SESSION_REVIVE)).toEqual([CONTROL_APPLIED]);
  rig.poll();
  expect(rig.link.offReason).toBe(SWITCHED_OFF);
  rig.trade(TRADING_ON);
  rig.poll();
  expect([rig.link.offReason, rig.link.admits()]).toEqual([NONE, true]);
});
