import type { Command } from "../control/command-ring.ts";
import type { CommandOutcome, Commands } from "../control/commands.ts";
import { NOT_SENT } from "../control/commands.ts";
import {
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_TEXT_BYTES,
  CAUSE_DISCONNECT,
  CAUSE_LOGOUT,
  CONTROL_CANCEL_SESSION,
  CONTROL_TRY_AGAIN,
  NO_MORE_SLOTS,
} from "../record/control-codes.ts";

/** Slots of the control ring that stay free for others: for the kill switch. */
const LEAVE_FREE = 16;
/** Pause before a command that found no room is sent again. */
const ROOM_PAUSE_MS = 10;

export type CancelCommands = Pick<Commands, "send" | "free">;

/** Whose orders are canceled, and which. */
export interface SessionCancel {
  readonly id: number;
  readonly end: "disconnect" | "logout";
  readonly orders: "all" | "day";
  /** Orders that came at this time or later stay, microseconds. */
  readonly beforeUs: number;
  /** False: the session is back, or has nothing open any more. */
  readonly goesOn: () => boolean;
}

/** Orders whose venues were asked, which can't be canceled now, and which wait for their venue. */
export interface OrdersCanceled {
  readonly asked: number;
  readonly stuck: number;
  readonly pending: number;
  /** Why the core refused to go on, or "". */
  readonly problem: string;
  /** All orders were looked at. */
  readonly isWhole: boolean;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ROOM_PAUSE_MS));
}

/** True while there is room for one more command that is not urgent. */
export function hasRoom(commands: CancelCommands): boolean {
  return commands.free > LEAVE_FREE;
}

/** Goes through all orders once, some with each command. One that finds no room is sent again a little later. */
export async function cancelOrders(commands: CancelCommands, cancel: SessionCancel): Promise<OrdersCanceled> {
  const { id, end, orders, beforeUs, goesOn } = cancel;
  const text = new Uint8Array(CANCEL_TEXT_BYTES);
  text[0] = end === "logout" ? CAUSE_LOGOUT : CAUSE_DISCONNECT;
  text[1] = orders === "day" ? CANCEL_DAY : CANCEL_ALL;
  new DataView(text.buffer).setFloat64(CANCEL_BEFORE_AT, beforeUs, true);
  return cancelAll(commands, { kind: CONTROL_CANCEL_SESSION, amount: id, text }, goesOn);
}

/** Sends a cancel of many orders until all slots were looked at. One that finds no room is sent again a little later. */
export async function cancelAll(
  commands: CancelCommands,
  command: Command,
  goesOn: () => boolean,
): Promise<OrdersCanceled> {
  const sum = { asked: 0, stuck: 0, pending: 0, problem: "", isWhole: false };
  for (let slot = 0; slot !== NO_MORE_SLOTS && goesOn(); ) {
    const outcome = hasRoom(commands) ? await commands.send({ ...command, value: slot }) : null;
    if (outcome === null || outcome.result === NOT_SENT) {
      await pause();
      continue;
    }
    const { applied, value, reason, count = 0, left = 0, pending = 0 }: CommandOutcome = outcome;
    const isToTryAgain = outcome.result === CONTROL_TRY_AGAIN;
    sum.asked += count;
    sum.stuck += left;
    sum.pending += pending;
    slot = applied || isToTryAgain ? value : NO_MORE_SLOTS;
    if (isToTryAgain) await pause();
    else if (!applied) sum.problem = reason;
    sum.isWhole = slot === NO_MORE_SLOTS;
  }
  return sum;
}
