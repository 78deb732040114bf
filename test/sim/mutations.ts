import { moveMemory } from "../../ffi/memory.ts";
import { Core } from "../../src/core/core.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import type { Scanner } from "../../src/fix/wire/scan.ts";
import { ENTRY_MESSAGE } from "../../src/journal/layout.ts";
import { Stream } from "../../src/net/stream.ts";
import type { Recovered } from "../../src/recovery/recovery.ts";
import { Link } from "../../src/session/link.ts";
import { APPLICATION, HANDLED } from "../../src/session/protocol.ts";
import { type Outlet, Resender } from "../../src/session/resender.ts";
import { VenueAgent } from "../../src/venue/agent.ts";
import { compileHooked } from "../assembly/modules.ts";
import type { Mutation } from "./world.ts";

/*  Faults as somebody could make them in the product, one each; the simulator must find every one. They are put in from
 *  here, into methods of classes, into sources of the compiled code and into the input of a start, so that the product knows nothing
 *  of them.
 */

type Make = () => Mutation | Promise<Mutation>;

// biome-ignore lint/suspicious/noExplicitAny: mutations reach where types say that nobody may.
type Any = any;

/** Puts another method in the place of one. */
function method(target: { readonly prototype: object }, name: string, make: (original: Any) => Any): Make {
  return () => () => {
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
function start(spoil: (recovered: Recovered) => void): Make {
  return () => (gateway) => {
    gateway.spoil = spoil;
    return () => {};
  };
}

/** Compiles the code with another text in the place of one; `file` is a path in src. */
function code(file: string, from: string, to: string): Make {
  return async () => {
    let isThere = false;
    const mutated = await compileHooked((path, text) => {
      if (path !== `src/${file}`) return text;
      isThere = text.split(from).length === 2;
      return text.replace(from, to);
    });
    if (!isThere) throw new Error(`${file} has not exactly one ${from} to mutate`);
    return (gateway) => {
      gateway.module = mutated;
      return () => {};
    };
  };
}

/** Two faults at once: each alone is made good by the other part. */
function together(one: Make, other: Make): Make {
  return async () => {
    const mutations = [await one(), await other()];
    return (gateway) => {
      const undo = mutations.map((mutation) => mutation(gateway));
      return () => {
        for (const back of undo) back();
      };
    };
  };
}

function sessions(recovered: Recovered) {
  return [...Object.values(recovered.clients), ...Object.values(recovered.venues)];
}

export const MUTATIONS: Readonly<Record<string, Make>> = {
  "PossDup is looked at neither by the session nor by the core: what comes again is taken again": together(
    method(
      FixSession,
      "behind",
      () =>
        function (this: FixSession, scan: Scanner) {
          return scan.msgType === "D".charCodeAt(0) || scan.msgType === "8".charCodeAt(0) ? APPLICATION : HANDLED;
        },
    ),
    code(
      "core/assembly/decide.ts",
      "if (resend !== POSS_DUP) return resend === POSS_RESEND;",
      "if (resend !== 99) return resend === POSS_RESEND;",
    ),
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
    Core,
    "beginReplay",
    (original) =>
      function (this: Core) {
        original.call(this, new Array(99).fill(1e9), new Array(99).fill(1e9));
      },
  ),
  "a report is dropped on its way to the client": code(
    "core/assembly/outbox.ts",
    "export function publishReport(): void {",
    "let dropped = 0;\nexport function publishReport(): void {\n  if (++dropped % 150 === 0) return;",
  ),
  "a full ring takes one record more": code(
    "ring/assembly/ring-end.ts",
    "if (this.mine - this.seen + count <= this.mask + 1) return true;",
    "return true;",
  ),
  "an input is not journalled": code(
    "core/assembly/agent.ts",
    "  journal().appendPacked(ENTRY_ORDER,",
    "  if (sequence % 40 !== 0) journal().appendPacked(ENTRY_ORDER,",
  ),
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
  "the kill switch is not looked at": code("core/assembly/risk.ts", "if (isKilled()) return KILL_SWITCH;", ""),
  "an account's switch is not looked at": code(
    "core/assembly/accounts.ts",
    "const wanted = ACCOUNT_CONFIGURED | ACCOUNT_ENABLED | ACCOUNT_HAS_LIMITS;",
    "const wanted = ACCOUNT_CONFIGURED | ACCOUNT_HAS_LIMITS;",
  ),
  "a cancelled order keeps what it held": code(
    "core/assembly/orders.ts",
    "fail(IDS_CLAIMED, claimed);\n  retire(order);\n}",
    "fail(IDS_CLAIMED, claimed);\n  retire(order);\n  if (order.state === 5) order.state = 2;\n}",
  ),
  "exposure is given back twice": code(
    "core/assembly/accounts.ts",
    "const held = this.openNotional(side) + change;",
    "const held = this.openNotional(side) + change - (change < -20_000_000 ? 1 : 0);",
  ),
  "a repeated execution is counted again": code(
    "core/assembly/exec-ids.ts",
    "export function isKnown(order: Order, report: ExecutionReport): bool {",
    "export function isKnown(order: Order, report: ExecutionReport): bool {\n  if (order !== null) return false;",
  ),
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
  "the core stops taking reports when orders come": code(
    "core/assembly/agent.ts",
    "function pollReports(index: i32, timeUs: f64): i32 {\n  const ring = ringAt(REPORT_INPUTS_AT, index);",
    `let polls = 0;
function pollReports(index: i32, timeUs: f64): i32 {
  const ring = ringAt(REPORT_INPUTS_AT, index);
  if (++polls % 3 === 0) {
    if (ring.peek() !== 0) ring.release();
    return 0;
  }`,
  ),
};
