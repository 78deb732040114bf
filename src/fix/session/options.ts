/** Settings of a session, apart from its parties. */
export interface SessionOptions {
  /** SendingTime (52) is compared with our clock, and how far off it may be. */
  readonly checkLatency: boolean;
  readonly maxLatencyS: number;
  /** Decimals of the seconds in the timestamps that we write: 0, 3, 6 or 9. */
  readonly timestampDecimals: number;
  /** Logons carry NextExpectedMsgSeqNum (789), and messages that the peer misses are sent unasked (FIX 4.4 on). */
  readonly nextExpectedMsgSeqNum: boolean;
  /** Every message carries LastMsgSeqNumProcessed (369). */
  readonly lastMsgSeqNumProcessed: boolean;
  /** Both numbers go back to 1 after an exchange of Logouts, or whenever a connection ends. */
  readonly resetOnLogout: boolean;
  readonly resetOnDisconnect: boolean;
  /** Messages that one ResendRequest of ours asks for; 0: all that are missing. */
  readonly maxResendRequest: number;
  /** Times that either side may ask for the same messages without progress, before the session is ended as a loop. */
  readonly maxSameResends: number;
  /** A client's Logon may say when its open orders are canceled (cancel-terms.ts). */
  readonly cancelTermsByLogon: boolean;
  /** An initiator's Username (553) and Password (554); empty: none are sent. */
  readonly username: string;
  readonly password: string;
}

const DEFAULT_OPTIONS: SessionOptions = {
  checkLatency: true,
  /** Two minutes (FIX 4.4 Volume 2, case 2o). */
  maxLatencyS: 120,
  timestampDecimals: 3,
  nextExpectedMsgSeqNum: false,
  lastMsgSeqNumProcessed: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  maxResendRequest: 0,
  maxSameResends: 10,
  cancelTermsByLogon: false,
  username: "",
  password: "",
};

/** These options, the others by default. */
export function optionsOf(some: Partial<SessionOptions> | undefined): SessionOptions {
  return { ...DEFAULT_OPTIONS, ...some };
}

/** How far SendingTime may be off, microseconds. */
export function latencyUs(options: SessionOptions): number {
  return options.checkLatency ? options.maxLatencyS * 1e6 : Number.POSITIVE_INFINITY;
}

const DECIMALS = { seconds: 0, milliseconds: 3, microseconds: 6, nanoseconds: 9 } as const;

/** What the tables of client sessions and of venues do not both have. */
type NotFromBoth = "timestampDecimals" | "username" | "password" | "cancelTermsByLogon";

/** Options of a configuration. */
export function optionsFrom(
  from: Omit<SessionOptions, NotFromBoth> & {
    timestampPrecision: keyof typeof DECIMALS;
  },
): Omit<SessionOptions, Exclude<NotFromBoth, "timestampDecimals">> {
  return { ...from, timestampDecimals: DECIMALS[from.timestampPrecision] };
}
