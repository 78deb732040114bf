import { broken } from "../base/broken.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { EMPTY, FULL, NONE } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { StreamWriter } from "../journal/writer.ts";
import {
  CONTROL_APPLIED,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  TRADING_OFF,
  TRADING_ON,
} from "../record/control-codes.ts";
import {
  SESSION_ADD,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NOT_BUILT,
  SESSION_NUMBERS,
  SESSION_RETIRE,
  SESSION_REVIVE,
  SESSION_SKIP,
  SESSION_TEXT_AT,
  SESSION_TEXT_BYTES,
  SessionAnswer,
  SessionCommand,
} from "../record/session-command.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { Link } from "./link.ts";
import { SetNumbers, WAITS } from "./set-numbers.ts";

/** The agent of the sessions that commands are about. */
export interface CommandedAgent {
  /** False while a ring or the journal has no room for what a command causes. */
  ready(): boolean;
  /** Connects to the venue at `place` now. Returns  the answer's result. */
  connectNow(place: number): number;
  /** The session at `place` is on or off, or a command was carried out: its deadline may have moved. */
  changed(place: number): void;
  /** The session at `place` has been built behind the others. */
  added(place: number): void;
  /** Passes over what stops the copies of this client agent's reports. Returns  the answer's result. */
  skipCopies(agent: number): number;
}

/** Builds what the main thread has defined. */
export interface SessionBuilding {
  /** How long the last one took, microseconds. */
  readonly tookUs: number;
  /** Builds the session of this id behind those that are there. Returns  its place, or NONE. */
  build(session: number): number;
  /** The session that is defined is there already. */
  discard(): void;
}

export interface OperatorCommandsParts {
  readonly links: readonly Link<FixSession>[];
  readonly commands: OneToOne;
  readonly answers: OneToOne;
  /** The ring to the core. */
  readonly records: OneToOne;
  readonly journal: StreamWriter;
  readonly time: LaneTime;
  readonly wakeup: MainWakeup;
  readonly ints: Int32Array;
  /** Where the core counts changes of trading states; the states by id are behind it. */
  readonly tradingWord: number;
  readonly builder: SessionBuilding;
}

/** Carries out an operator's commands about an agent's sessions, and follows their trading states. */
export class OperatorCommands {
  /** A command could not be carried out yet. */
  waiting = false;
  private changes = NONE;
  /** Tail of the ring when its commands were last taken. */
  private tail = 0;
  private readonly command: SessionCommand;
  private readonly answer: SessionAnswer;
  private readonly setNumbers: SetNumbers;
  private readonly words = new Uint8Array(new ArrayBuffer(SESSION_TEXT_BYTES));

  constructor(
    private readonly agent: CommandedAgent,
    private readonly parts: OperatorCommandsParts,
  ) {
    this.command = new SessionCommand(parts.commands.views);
    this.answer = new SessionAnswer(parts.answers.views);
    this.setNumbers = new SetNumbers(parts.records);
  }

  /** Plain loads of two words while there is nothing: an atomic one costs 5 ns. Returns  commands that were carried out. */
  poll(): number {
    const parts = this.parts;
    if (parts.ints[parts.tradingWord] !== this.changes) this.followTrading();
    return parts.commands.tail === this.tail && !this.waiting ? 0 : this.takeAll();
  }

  /** Logs out who was switched off. */
  private followTrading(): void {
    const parts = this.parts;
    const links = parts.links;
    const changes = Atomics.load(parts.ints, parts.tradingWord);
    for (let place = 0; place < links.length; place++) {
      const link = links[place]!;
      const state = Atomics.load(parts.ints, parts.tradingWord + 1 + link.id);
      link.trades = state === TRADING_ON;
      const isRetired = link.offReason === DisconnectReason.RETIRED;
      const reason = state === TRADING_OFF ? DisconnectReason.SWITCHED_OFF : DisconnectReason.NONE;
      if (isRetired || reason === link.offReason) continue;
      // It is looked at again in the next turn.
      if (!this.agent.ready()) return;
      link.offReason = reason;
      if (reason !== DisconnectReason.NONE && !link.session.loggingOut) link.logout(reason);
      this.agent.changed(place);
    }
    this.changes = changes;
  }

  private takeAll(): number {
    const commands = this.parts.commands;
    let count = 0;
    // What comes after this is seen in the next turn.
    this.tail = commands.tail;
    this.waiting = false;
    for (let at = commands.peek(); at !== EMPTY; at = commands.peek()) {
      this.waiting = !this.agent.ready() || !this.take(at);
      if (this.waiting) break;
      commands.release();
      count++;
    }
    if (count > 0) this.parts.wakeup.wake();
    return count;
  }

  /** Returns  false when the command has to wait. */
  private take(at: number): boolean {
    const parts = this.parts;
    const command = this.command.aim(at);
    const answerAt = parts.answers.claim();
    // The sender never has more commands under way than the ring of answers has slots.
    if (answerAt === FULL) return broken("ring of answers to commands has no room", command.number);
    const answer = this.answer.aim(answerAt);
    answer.value = 0;
    const place = this.placeOf(command.session);
    const result = place === NONE ? this.withoutPlace(command, answer) : this.apply(place, command, answer);
    if (result === WAITS) return false;
    answer.number = command.number;
    answer.kind = command.kind;
    answer.result = result;
    // Of the last byte of what the command has led to.
    answer.position = parts.journal.position - 1;
    parts.answers.publish();
    if (place !== NONE) this.agent.changed(place);
    return true;
  }

  /** A session that is to be added, or one that is not here. The answer's value is how long the building took, microseconds. */
  private withoutPlace(command: SessionCommand, answer: SessionAnswer): number {
    if (command.kind !== SESSION_ADD) return CONTROL_UNKNOWN_NAME;
    const builder = this.parts.builder;
    const place = builder.build(command.session);
    answer.value = builder.tookUs;
    if (place === NONE) return SESSION_NOT_BUILT;
    const link = this.parts.links[place]!;
    this.agent.added(place);
    this.record(link, command);
    answer.areIn = link.session.numbers.nextIn;
    answer.areOut = link.session.numbers.nextOut;
    // Its trading state may be another one than that of a new session.
    this.changes = NONE;
    return CONTROL_APPLIED;
  }

  private apply(place: number, command: SessionCommand, answer: SessionAnswer): number {
    const link = this.parts.links[place]!;
    const numbers = link.session.numbers;
    answer.wereIn = numbers.nextIn;
    answer.wereOut = numbers.nextOut;
    const result = this.carryOut(link, place, command);
    answer.areIn = numbers.nextIn;
    answer.areOut = numbers.nextOut;
    return result;
  }

  private carryOut(link: Link<FixSession>, place: number, command: SessionCommand): number {
    const kind = command.kind;
    if (kind === SESSION_ADD) {
      this.parts.builder.discard();
      return CONTROL_UNCHANGED;
    }
    if (kind === SESSION_NUMBERS) return this.setNumbers.apply(link, command, this.parts.time.nowNs);
    if (kind === SESSION_CONNECT) {
      const result = this.agent.connectNow(place);
      if (result === CONTROL_APPLIED) this.record(link, command);
      return result;
    }
    if (kind === SESSION_SKIP) {
      const result = this.agent.skipCopies(command.nextIn);
      if (result === CONTROL_APPLIED) this.record(link, command);
      return result;
    }
    if (kind === SESSION_RETIRE || kind === SESSION_REVIVE) return this.retire(link, command);
    if (kind !== SESSION_LOGOUT && kind !== SESSION_KICK) return CONTROL_UNKNOWN_KIND;
    if (link.stream === null || (kind === SESSION_LOGOUT && link.session.loggingOut)) return CONTROL_UNCHANGED;
    this.record(link, command);
    if (kind === SESSION_KICK) link.abandon(DisconnectReason.KICKED);
    else this.logout(link, command);
    return CONTROL_APPLIED;
  }

  private retire(link: Link<FixSession>, command: SessionCommand): number {
    const retires = command.kind === SESSION_RETIRE;
    if (retires === (link.offReason === DisconnectReason.RETIRED)) return CONTROL_UNCHANGED;
    this.record(link, command);
    link.offReason = retires ? DisconnectReason.RETIRED : DisconnectReason.NONE;
    if (retires && !link.session.loggingOut) link.logout(DisconnectReason.RETIRED);
    // One that comes back may be switched off.
    this.changes = NONE;
    return CONTROL_APPLIED;
  }

  private logout(link: Link<FixSession>, command: SessionCommand): void {
    const length = command.textLength;
    if (length === 0) {
      link.logout(DisconnectReason.LOGGED_OUT);
      return;
    }
    const bytes = command.views.bytes;
    for (let i = 0; i < length; i++) this.words[i] = bytes[command.at + SESSION_TEXT_AT + i]!;
    link.logout(DisconnectReason.LOGGED_OUT, this.words, length);
  }

  private record(link: Link<FixSession>, command: SessionCommand): void {
    const from = command.at;
    link.recorder.commanded(command.views.bytes, from, from + SESSION_TEXT_AT + command.textLength);
  }

  private placeOf(id: number): number {
    const links = this.parts.links;
    for (let place = 0; place < links.length; place++) if (links[place]!.id === id) return place;
    return NONE;
  }
}
