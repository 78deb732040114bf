import {
  EXEC_PENDING_REPLACE,
  EXEC_REPLACED,
  EXEC_STATUS,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  STATUS_FILLED,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  STATUS_PENDING_CANCEL,
  STATUS_PENDING_REPLACE,
  STATUS_REPLACED,
} from "../../record/codes.ts";
import type { FixVersion } from "../wire/version.ts";

/*  ExecType and OrdStatus of an ExecutionReport in each version. Records use the values of 4.4.
 *
 *  ours            150 from 4.3 on   20, 150 to 4.2          39 in 4.0, which has no 150
 *  trade           F                 0, 1 or 2 (all filled)  1 or 2, with 32 above 0
 *  bust            H, 19             1, 0 or 1, 19           current status
 *  correction      G, 19             2, 1 or 2, 19           current status
 *  status          I                 3, as 39                current status
 *  replaced        5 with 39=0 or 1  0, 5 with 39=5 or 1     5
 *  pending replace E                 0, E (4.1: 6)           6; 6 of 4.1 is read as a pending cancel
 *  J, K, L         from 5.0 on; I    0, as 39                current status
 */
const ZERO = 48;
const ONE = 49;
const TWO = 50;
const THREE = 51;
/** ExecType of a change by the venue, and the value of early versions for both pending changes. */
const RESTATED = "D".charCodeAt(0);
const PENDING = "6".charCodeAt(0);

/** FIX.5.0 is the first version with the ExecTypes J, K and L. */
const FIRST_WITH_CLEARING = 5;

/** ExecTransType (20) of our ExecType; only versions up to 4.2 have it. */
export function execTransType(execType: number): number {
  if (execType === EXEC_TRADE_CANCEL) return ONE;
  if (execType === EXEC_TRADE_CORRECT) return TWO;
  return execType === EXEC_STATUS ? THREE : ZERO;
}

/** ExecType (150) in the version; 4.0 has none. `isExecuted`: CumQty is above 0; `isFull`: it is OrderQty or more. */
export function execTypeFor(
  version: FixVersion,
  execType: number,
  ordStatus: number,
  isExecuted: boolean,
  isFull: boolean,
): number {
  if (!version.hasExecTransType)
    return execType > EXEC_STATUS && version.ordinal < FIRST_WITH_CLEARING ? EXEC_STATUS : execType;
  if (execType === EXEC_TRADE || execType === EXEC_TRADE_CORRECT) return isFull ? TWO : ONE;
  if (execType === EXEC_TRADE_CANCEL) return isExecuted ? ONE : ZERO;
  if (execType >= EXEC_STATUS) return ordStatusFor(version, execType, ordStatus, isExecuted);
  if (version.hasPendingReplace) return execType;
  if (execType === RESTATED) return ordStatusFor(version, execType, ordStatus, isExecuted);
  return execType === EXEC_PENDING_REPLACE ? PENDING : execType;
}

/** OrdStatus (39) in the version. */
export function ordStatusFor(version: FixVersion, execType: number, ordStatus: number, isExecuted: boolean): number {
  if (!version.hasExecTransType) return ordStatus;
  const isOpen = ordStatus === STATUS_NEW || ordStatus === STATUS_PARTIALLY_FILLED;
  // Without ExecType, only OrdStatus can show that the order was replaced.
  if (execType === EXEC_REPLACED && isOpen && (!isExecuted || !version.hasExecType)) return STATUS_REPLACED;
  return ordStatus === STATUS_PENDING_REPLACE && !version.hasPendingReplace ? STATUS_PENDING_CANCEL : ordStatus;
}

/** Our ExecType for a venue's report in a version: from 20, 150, 39 (0 when absent); `isFill`: LastShares is above 0. */
export function execTypeFrom(
  version: FixVersion,
  transType: number,
  execType: number,
  ordStatus: number,
  isFill: boolean,
): number {
  if (!version.hasExecTransType) return lateType(execType, ordStatus, isFill);
  if (transType === ONE) return EXEC_TRADE_CANCEL;
  if (transType === TWO) return EXEC_TRADE_CORRECT;
  if (transType === THREE) return EXEC_STATUS;
  const type = version.hasExecType && execType !== 0 ? execType : typeOfStatus(ordStatus, isFill);
  if (type === ONE || type === TWO) return EXEC_TRADE;
  return type;
}

/*  `words` of a report: what the venue said where the record has other codes, so that a client of such a version hears the same.
 *
 *  bits 0 to 6  FIX.4.0: EARLY; 4.1 and 4.2: ExecType (150) as it was said; later versions: LATE + 1 or 2 for a trade, else 0
 *  bit 7        OrdStatus (39) was 5, replaced
 */
const EARLY = 1;
const LATE = 48;
const SAID_TYPE = 127;
const SAID_REPLACED = 128;

/** The words of a report in a version. */
export function wordsOf(version: FixVersion, execType: number, ordStatus: number): number {
  return typeWordOf(version, execType) | (ordStatus === STATUS_REPLACED ? SAID_REPLACED : 0);
}

function typeWordOf(version: FixVersion, execType: number): number {
  if (!version.hasExecTransType) return execType === ONE || execType === TWO ? LATE + execType : 0;
  return version.hasExecType ? execType & SAID_TYPE : EARLY;
}

/** The ExecType that was said in a version like this one, 0 when it was another one. */
export function saidType(version: FixVersion, words: number): number {
  if (!isLike(version, words) || !version.hasExecType) return 0;
  const type = words & SAID_TYPE;
  return version.hasExecTransType ? type : type - (type === 0 ? 0 : LATE);
}

/** True when OrdStatus was 5, replaced, in a version like this one. */
export function saidReplaced(version: FixVersion, words: number): boolean {
  return (words & SAID_REPLACED) !== 0 && isLike(version, words);
}

function isLike(version: FixVersion, words: number): boolean {
  const type = words & SAID_TYPE;
  if (!version.hasExecTransType) return type === 0 || type > LATE + ZERO;
  return version.hasExecType ? type >= ZERO && type <= LATE + ZERO : type === EARLY;
}

/** From 4.3 on: some venues still say 1 and 2 for trades; without ExecType, OrdStatus says it. */
function lateType(execType: number, ordStatus: number, isFill: boolean): number {
  if (execType === ONE || execType === TWO) return EXEC_TRADE;
  return execType === 0 ? typeOfStatus(ordStatus, isFill) : execType;
}

/** 4.0: a report with LastShares is a trade, whatever its OrdStatus; without LastShares, OrdStatus gives the ExecType. */
function typeOfStatus(ordStatus: number, isFill: boolean): number {
  if (isFill) return EXEC_TRADE;
  return ordStatus === STATUS_PARTIALLY_FILLED || ordStatus === STATUS_FILLED ? EXEC_STATUS : ordStatus;
}

/** Our OrdStatus: a replaced order is new or partially filled. */
export function ordStatusFrom(ordStatus: number, isExecuted: boolean): number {
  if (ordStatus !== STATUS_REPLACED) return ordStatus;
  return isExecuted ? STATUS_PARTIALLY_FILLED : STATUS_NEW;
}
