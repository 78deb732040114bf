import { moveMemory } from "../../ffi/memory.ts";
import { CoreAgent } from "../../src/core/agent.ts";
import { ExecIds } from "../../src/core/exec-ids.ts";
import { Orders } from "../../src/core/orders/orders.ts";
import { Outbox } from "../../src/core/outbox.ts";
import { Accounts } from "../../src/core/risk/limits.ts";
import { Risk } from "../../src/core/risk/risk.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import type { Scanner } from "../../src/fix/wire/scan.ts";
import { ENTRY_MESSAGE } from "../../src/journal/layout.ts";
import { StreamWriter } from "../../src/journal/writer.ts";
import { Stream } from "../../src/net/stream.ts";
import type { Recovered } from "../../src/recovery/recovery.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { Link } from "../../src/session/link.ts";
import { APPLICATION, HANDLED } from "../../src/session/protocol.ts";
import { type Outlet, Resender } from "../../src/session/resender.ts";
import { VenueAgent } from "../../src/venue/agent.ts";
import type { Mutation } from "./world.ts";

/*  Faults as somebody could make them in the product, one each; the simulator must find every one. They are put in from
 *  here, into methods of classes and into what a start is told, so that the product knows nothing of them.
 */

// biome-ignore lint/suspicious/noExplicitAny: mutations reach where types say that nobody may.
type Any = any;

/** Puts another method in the place of one. */
function method(target: { readonly prototype: object }, name: string, make: (original: Any) => Any): Mutation {
  return () => {
    const prototype = target.prototype as Record<string, Any>;
    const original = prototype[name];
    if (typeof original !== "function") throw new Error(`there is no ${name} to mutate`);
    prototype[name] = make(original);
    return () => {
      prototype[name] = original;
    };
  };
}

/** Spoils what a start is told of its journal. */
function start(spoil: (recovered: Recovered) => void): Mutation {
  return (gateway) => {
    gateway.spoil = spoil;
    return () => {};
  };
}

function sessions(recovered: Recovered) {
  return [...Object.values(recovered.clients), ...Object.values(recovered.venues)];
}

/** Every `n`th call does something else. */
function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "PossDup is not looked at: what comes again is taken again": method(
    FixSession,
    "behind",
    () =>
      function (this: FixSession, scan: Scanner) {
        return scan.msgType === "D".charCodeAt(0) || scan.msgType === "8".charCodeAt(0) ? APPLICATION : HANDLED;
      },
  ),
  "a message is sent before it is in the journal": method(
    Link,
    "message",
    (original) =>
      function (this: Any, ...message: [number, number, number, number, number, number]) {
        const { journal, stream, id, time } = this;
        const [, , address, bytes, sequence, index] = message;
        this.journal = null;
        original.apply(this, message);
        this.journal = journal;
        stream?.flush();
        const { epoch } = this.session.numbers;
        const position = journal.append(ENTRY_MESSAGE, id, sequence, time.wallUs, index, epoch, address, bytes);
        this.resender.sequenceIndex.note(sequence, position);
      },
  ),
  "a restart forgets what the core had sent": start((recovered) => {
    for (const session of sessions(recovered)) session.lastIndex = 0;
  }),
  "a restart forgets which numbers it expects": start((recovered) => {
    for (const session of sessions(recovered)) session.nextIn = 1;
  }),
  "a restart expects one number too many": start((recovered) => {
    for (const session of sessions(recovered)) session.nextIn++;
  }),
  "a restart gives the last number again": start((recovered) => {
    for (const session of sessions(recovered)) session.nextOut = Math.max(1, session.nextOut - 1);
  }),
  "outputs of a replay that were not sent are dropped": method(
    Outbox,
    "beginReplay",
    (original) =>
      function (this: Outbox) {
        original.call(this, new Array(99).fill(1e9), new Array(99).fill(1e9));
      },
  ),
  "a report is dropped on its way to the client": method(Outbox, "publishReport", (original) => {
    const drops = every(150);
    return function (this: Outbox) {
      if (!drops()) original.call(this);
    };
  }),
  "a full ring takes one record more": method(OneToOne, "has", () => () => true),
  "an input is not journalled": method(StreamWriter, "append", (original) => {
    const skips = every(40);
    return function (this: StreamWriter, ...entry: number[]) {
      return this.name === "core" && skips() ? 0 : original.apply(this, entry);
    };
  }),
  "reports asked for again are gap-filled": method(
    Resender,
    "again",
    () =>
      function (this: Any, ...message: unknown[]) {
        const sequence = message.at(-1);
        if (this.gapFrom === 0) this.gapFrom = sequence;
      },
  ),
  "new messages overtake a resend": method(
    Resender,
    "begin",
    (original) =>
      function (this: Resender, link: Outlet, begin: number, end: number) {
        original.call(this, link, begin, end);
        link.live = true;
      },
  ),
  "the kill switch is not looked at": method(
    Risk,
    "checkParties",
    (original) =>
      function (this: Risk, ...parties: number[]) {
        const { killed } = this;
        this.killed = false;
        const reason = original.apply(this, parties);
        this.killed = killed;
        return reason;
      },
  ),
  "an account's switch is not looked at": method(Accounts, "enabled", () => () => true),
  "a cancelled order keeps what it held": method(
    Orders,
    "closed",
    (original) =>
      function (this: Orders, order: Any) {
        original.call(this, order);
        order.state = order.state === 5 ? 2 : order.state;
      },
  ),
  "exposure is given back twice": method(
    Accounts,
    "reserve",
    (original) =>
      function (this: Accounts, account: number, side: number, change: number) {
        original.call(this, account, side, change);
        if (change < -20_000_000) original.call(this, account, side, -1);
      },
  ),
  "a repeated execution is counted again": method(ExecIds, "isKnown", () => () => false),
  "an order that was not taken is not reported": method(VenueAgent, "notTaken", () => () => {}),
  "a byte is lost when what is unsent is moved": method(
    Stream,
    "room",
    (original) =>
      function (this: Stream, bytes: number) {
        const { outFrom } = this;
        const room = original.call(this, bytes);
        if (this.outFrom !== outFrom && this.outTo > 0) moveMemory(this.outAddress, this.outAddress + 1, --this.outTo);
        return room;
      },
  ),
  "the core stops taking reports when orders come": method(CoreAgent, "pollReports", (original) => {
    const skips = every(3);
    return function (this: Any, input: Any, report: Any) {
      if (!skips()) return original.call(this, input, report);
      if (input.ring.peek() >= 0) input.ring.release();
      return 0;
    };
  }),
};
