import {
  EXEC_CALCULATED,
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_EXPIRED,
  EXEC_IN_CLEARING_HOLD,
  EXEC_NEW,
  EXEC_PENDING_CANCEL,
  EXEC_PENDING_NEW,
  EXEC_PENDING_REPLACE,
  EXEC_REJECTED,
  EXEC_RELEASED_TO_CLEARING,
  EXEC_REPLACED,
  EXEC_RESTATED,
  EXEC_STATUS,
  EXEC_STOPPED,
  EXEC_SUSPENDED,
  EXEC_TRIGGERED,
} from "../../record/codes.ts";

/** Kinds that say what they mean by their totals and status. */
export function isKnownKind(execType: i32): bool {
  if (execType === EXEC_PENDING_NEW || execType === EXEC_PENDING_CANCEL) return true;
  if (execType === EXEC_PENDING_REPLACE || execType === EXEC_STATUS) return true;
  if (execType === EXEC_STOPPED || execType === EXEC_SUSPENDED || execType === EXEC_CALCULATED) return true;
  if (execType === EXEC_TRIGGERED || execType === EXEC_IN_CLEARING_HOLD) return true;
  return execType === EXEC_RELEASED_TO_CLEARING;
}

/** Kinds that happen once, so that a second one with the same ExecID is a repetition. */
export function isLifeEvent(execType: i32): bool {
  if (execType === EXEC_NEW || execType === EXEC_CANCELED || execType === EXEC_REJECTED) return true;
  if (execType === EXEC_EXPIRED || execType === EXEC_DONE_FOR_DAY) return true;
  return execType === EXEC_REPLACED || execType === EXEC_RESTATED;
}
