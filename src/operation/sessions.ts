import type { TradingState } from "./session-commands.ts";

/** What a session's link is doing. `closed`: its schedule is closed, or it is switched off; `awaiting logon`: connected, no Logon yet. */
export type LinkState = "closed" | "disconnected" | "awaiting logon" | "logged on" | "logging out";

/** How a session's last connection ended. */
export interface LastDisconnect {
  /** Microseconds since 1970. */
  readonly atUs: number;
  /** As in the log, for instance "peer closed the connection" (base/disconnect-reason.ts). */
  readonly reason: string;
  /** Text (58) of the peer's Logout, or what OpenSSL says of a wrong TLS record; or "". */
  readonly text: string;
  /** Reason and text in one, as in the log. */
  readonly why: string;
  /** Next numbers at that moment, and bytes that were not sent. */
  readonly nextIn: number;
  readonly nextOut: number;
  readonly pendingBytes: number;
  /** As `10.0.0.7:51234`; "" when unknown. */
  readonly peer: string;
}

/** What client sessions and venues have in common. Counts are since the gateway's start; all of one row is of one moment. */
export interface LinkView {
  readonly name: string;
  readonly state: LinkState;
  /** What an operator lets it do. */
  readonly tradingState: TradingState;
  /** MsgSeqNum of the next message in each direction. */
  readonly nextIn: number;
  readonly nextOut: number;
  /** Messages of all types. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Messages a second over the last whole second that was sampled. */
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Reject (3) and BusinessMessageReject (j) that we sent, and those that the peer sent. */
  readonly rejectsSent: number;
  readonly rejectsReceived: number;
  /** Bytes skipped as no message count as one garbled message. */
  readonly garbled: number;
  /** Messages from the peer are missing, and were requested. */
  readonly hasGap: boolean;
  /** Bytes of output that the peer has not taken yet. */
  readonly backlogBytes: number;
  readonly backlogLimitBytes: number;
  /** Address of the present connection as `10.0.0.7:51234`; "" without one. */
  readonly peer: string;
  /** Microseconds since 1970; null: never since the start. */
  readonly lastInUs: number | null;
  readonly lastOutUs: number | null;
  readonly lastLogonUs: number | null;
  readonly lastDisconnect: LastDisconnect | null;
  /** When the row was written last, microseconds since 1970; rows are written when something has changed, at most each 10 ms. */
  readonly writtenUs: number;
  /** Lane of its agent. */
  readonly lane: number;
}

/** What becomes of a client session's open orders when it is gone. */
export interface CancelOnDisconnectView {
  readonly mode: "none" | "disconnect" | "logout" | "both";
  readonly windowMs: number;
  readonly orders: "all" | "day";
  /** The client's last Logon says mode or window itself. */
  readonly saidBy: "configuration" | "logon";
  /**
   * off: they stay · armed: it is logged on · kept: it is gone in a way that cancels nothing · waiting: it may still come back ·
   * canceling: some are open or not confirmed · canceled: none of them is open any more.
   */
  readonly state: "off" | "armed" | "kept" | "waiting" | "canceling" | "canceled";
  /** When they are canceled unless it is back, microseconds since 1970; null: it is not waited for. */
  readonly dueUs: number | null;
  /** Orders whose venues were asked since it is gone. */
  readonly asked: number;
}

/** A client session. */
export interface SessionView extends LinkView {
  /** NewOrderSingle, OrderCancelRequest, OrderCancelReplaceRequest and OrderStatusRequest that were passed to the core. */
  readonly requests: number;
  /** ExecutionReport and OrderCancelReject sent to the client. */
  readonly reports: number;
  /** Of these, ExecutionReports with ExecType 8 (Rejected), and OrderCancelRejects. */
  readonly requestsRefused: number;
  readonly openOrders: number;
  /** CompID of its client; "" while a dynamic session is not bound to one. */
  readonly compId: string;
  /** DontKnowTrade messages from it since the start. */
  readonly dontKnowTrades: number;
  /** Messages from it that were refused because too many came, and how often it was logged out for them, since the start. */
  readonly messagesThrottled: number;
  readonly floodLogouts: number;
  readonly isDynamic: boolean;
  readonly cancelOnDisconnect: CancelOnDisconnectView;
}

/** Reads client sessions. Never disturbs a lane. */
export interface Sessions {
  /** In the order of the configuration. */
  list(): SessionView[];
  get(name: string): SessionView | null;
}
