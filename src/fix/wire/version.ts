import { ascii } from "../../base/ascii.ts";
import type { HeaderText } from "./write.ts";

/*  Differences between the FIX versions; one row for each supported version. Sources: the specifications' Volume 2 (session)
 *  and Volume 4 (orders), and the executable session test cases.
 *
 *                   4.0    4.1    4.2    4.3    4.4    5.0, 5.0SP1, 5.0SP2 over FIXT.1.1
 *  timestamps       s      s      ms     ms     ms     ms
 *  16 of "all"      999999 999999 0      0      0      0
 *  Reject           45 58  45 58  + 371 372, 373 to 11 (from 4.3 on any)
 *  j                –      –      yes …
 *  20 ExecTransType yes    yes    yes    –  …
 *  150 ExecType     –      yes …         trades are 1 and 2 to 4.2, F from 4.3 on
 *  60 in requests   –      –      yes …
 *  434 in 9         –      –      yes …
 */
export interface FixVersion {
  /** Name in the configuration. */
  readonly name: string;
  /** Position in the versions, from FIX.4.0 on. */
  readonly ordinal: number;
  readonly beginString: string;
  /** DefaultApplVerID (1137) of its Logon; empty before FIXT. */
  readonly applVerId: string;
  /** Decimals of the seconds in sent timestamps; received ones may have any. */
  readonly timeDecimals: number;
  /** EndSeqNo (16) that means "all messages". */
  readonly infinity: number;
  /** RefTagID (371), RefMsgType (372) and SessionRejectReason (373) exist in Reject (3); else Text names the tag. */
  readonly rejectHasReason: boolean;
  /** Highest SessionRejectReason of the version; a Reject with a higher one omits it. */
  readonly maxRejectReason: number;
  /** BusinessMessageReject (j) exists. */
  readonly hasBusinessReject: boolean;
  /** BusinessRejectReason (380) of a message that is refused because too many came: "throttle limit exceeded", else "other". */
  readonly throttleReason: number;
  /** ResetSeqNumFlag (141) exists. */
  readonly hasResetFlag: boolean;
  /** OnBehalfOfLocationID (144) and DeliverToLocationID (145) exist. */
  readonly hasLocations: boolean;
  /** TransactTime (60) is a field of requests. */
  readonly hasTransactTime: boolean;
  /** CxlType (125) is required in an OrderCancelRequest, which may also cancel a part of the order. */
  readonly hasCxlType: boolean;
  /** ExecType (150) and LeavesQty (151) exist. */
  readonly hasExecType: boolean;
  /** ExecTransType (20) exists, trades are ExecType 1 and 2, and OrdStatus 5 is a replaced order. */
  readonly hasExecTransType: boolean;
  /** LastShares and LastPx (32, 31) are required in every report. */
  readonly needsLast: boolean;
  /** ExecType D and E and OrdStatus E exist; earlier versions use 6 for both pending changes. */
  readonly hasPendingReplace: boolean;
  /** OrdStatus (39) and OrigClOrdID (41) exist in an OrderCancelReject. */
  readonly cancelRejectHasStatus: boolean;
  /** CxlRejResponseTo (434), Account and TransactTime exist in an OrderCancelReject. */
  readonly hasCxlRejResponse: boolean;
  /** Value sent for each of our CxlRejReason (102) and OrdRejReason (103); NO_REASON leaves the field out. */
  readonly cxlRejReasons: Uint8Array;
  readonly ordRejReasons: Uint8Array;
}

/** In a table of reasons: the version has no such reason. */
export const NO_REASON = 255;

/** Reasons 0 to `last` and `more` are unchanged; any other becomes the nearest one, or `fallback`. */
function reasons(last: number, more: readonly number[], fallback: number, nearest: Nearest = {}): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, reason) =>
    reason <= last || more.includes(reason) ? reason : (nearest[reason] ?? fallback),
  );
}

type Nearest = Readonly<Record<number, number>>;

/**
 * OrdRejReasons of FIX 5.0SP2 in the versions before it: notional, clip size, largest notional, DV01 and CS01 exceed a limit; a credit
 * limit is the broker's. 5.0SP2 says them as they are where the session's dictionary has them.
 */
const LIMITS: Nearest = { 20: 3, 25: 0, 26: 3, 27: 3, 28: 3, 29: 3 };

const FIX50: FixVersion = {
  name: "FIX.5.0",
  ordinal: 5,
  beginString: "FIXT.1.1",
  applVerId: "7",
  timeDecimals: 3,
  infinity: 0,
  rejectHasReason: true,
  maxRejectReason: 99,
  hasBusinessReject: true,
  throttleReason: 0,
  hasResetFlag: true,
  hasLocations: true,
  hasTransactTime: true,
  hasCxlType: false,
  hasExecType: true,
  hasExecTransType: false,
  needsLast: false,
  hasPendingReplace: true,
  cancelRejectHasStatus: true,
  hasCxlRejResponse: true,
  cxlRejReasons: reasons(8, [18, 99], 99),
  ordRejReasons: reasons(18, [99], 99, LIMITS),
};

export const FIX44: FixVersion = {
  ...FIX50,
  name: "FIX.4.4",
  ordinal: 4,
  beginString: "FIX.4.4",
  applVerId: "",
  cxlRejReasons: reasons(6, [99], 99),
  ordRejReasons: reasons(11, [13, 14, 15, 99], 99, LIMITS),
};

const FIX43: FixVersion = {
  ...FIX44,
  name: "FIX.4.3",
  ordinal: 3,
  beginString: "FIX.4.3",
  // Neither field has an "other" in this version: "broker option" is the nearest.
  cxlRejReasons: reasons(6, [], 2),
  ordRejReasons: reasons(12, [], 0, LIMITS),
};

const FIX42: FixVersion = {
  ...FIX43,
  name: "FIX.4.2",
  ordinal: 2,
  beginString: "FIX.4.2",
  maxRejectReason: 11,
  hasExecTransType: true,
  cxlRejReasons: reasons(3, [], 2),
  ordRejReasons: reasons(8, [], 0, LIMITS),
};

const FIX41: FixVersion = {
  ...FIX42,
  name: "FIX.4.1",
  ordinal: 1,
  beginString: "FIX.4.1",
  timeDecimals: 0,
  infinity: 999_999,
  rejectHasReason: false,
  hasBusinessReject: false,
  hasTransactTime: false,
  needsLast: true,
  hasPendingReplace: false,
  hasCxlRejResponse: false,
  cxlRejReasons: reasons(1, [], NO_REASON),
  ordRejReasons: reasons(5, [], 0, LIMITS),
};

const FIX40: FixVersion = {
  ...FIX41,
  name: "FIX.4.0",
  ordinal: 0,
  beginString: "FIX.4.0",
  hasResetFlag: false,
  hasLocations: false,
  hasCxlType: true,
  hasExecType: false,
  cancelRejectHasStatus: false,
  ordRejReasons: reasons(3, [], 0, LIMITS),
};

const VERSIONS: readonly FixVersion[] = [
  FIX40,
  FIX41,
  FIX42,
  FIX43,
  FIX44,
  FIX50,
  { ...FIX50, name: "FIX.5.0SP1", ordinal: 6, applVerId: "8" },
  { ...FIX50, name: "FIX.5.0SP2", ordinal: 7, applVerId: "9", throttleReason: 8 },
];

/** Names of the versions, oldest first. */
export const VERSION_NAMES: readonly string[] = VERSIONS.map((version) => version.name);

/** Returns the version of a name. */
export function versionOf(name: string): FixVersion {
  const version = VERSIONS.find((one) => one.name === name);
  if (version === undefined) throw new TypeError(`no FIX version ${name}`);
  return version;
}

/** Returns the version of an ApplVerID (1128), or null: "2" is FIX.4.0, "9" FIX.5.0SP2. */
export function versionByApplId(bytes: Uint8Array, from: number, to: number): FixVersion | null {
  const index = to - from === 1 ? bytes[from]! - FIRST_APPL_VER_ID : -1;
  return VERSIONS[index] ?? null;
}

/** ApplVerID of the first of VERSIONS: "2". */
const FIRST_APPL_VER_ID = 50;

/** Returns the constant header parts of messages from `sender` to `target`. */
export function headerText(version: FixVersion, sender: string, target: string): HeaderText {
  return {
    begin: ascii(`8=${version.beginString}\x019=`),
    sender: ascii(`49=${sender}\x01`),
    target: ascii(`56=${target}\x01`),
  };
}
