import { ascii } from "./ascii.ts";

/** Reasons for the end of a session's connection: a text for the log, and the Text (58) of our Logout. */
const REASONS: readonly (readonly [name: string, text: string])[] = [
  ["none", ""],
  ["peer logged out", ""],
  ["peer closed the connection", ""],
  ["stopping", "Gateway is stopping"],
  ["no Logon within the timeout", ""],
  ["first message is not a Logon", ""],
  ["Logon refused by the peer", ""],
  ["malformed Logon", ""],
  ["wrong BeginString", "Incorrect BeginString"],
  ["wrong CompID", ""],
  ["SendingTime out of tolerance", ""],
  ["MsgSeqNum missing", "MsgSeqNum missing"],
  ["MsgSeqNum too low", ""],
  ["peer is silent", ""],
  ["Logout not answered", ""],
  ["peer reads too slowly: backlog above its limit", ""],
  ["no message within the frame limit", ""],
  ["connection lost", ""],
  ["resend could not be read from the journal", "Resend not possible"],
  ["session is already connected", ""],
  ["too many connections", ""],
  [
    "resend loop: the peer requests the same messages repeatedly",
    "Resend loop: the same messages were requested repeatedly",
  ],
  ["resend loop: our requests make no progress", "Resend loop: our requests make no progress"],
  ["NextExpectedMsgSeqNum too high", ""],
  ["address not allowed", ""],
  ["wrong Username or Password", ""],
  ["outside its schedule", "Session is closed"],
  ["no memory for its backlog: the pool of session buffers is exhausted", ""],
];

export type DisconnectReason = number;
export const DisconnectReason = {
  NONE: 0,
  PEER_LOGOUT: 1,
  PEER_CLOSED: 2,
  STOPPING: 3,
  NO_LOGON: 4,
  NOT_LOGON: 5,
  REFUSED: 6,
  BAD_LOGON: 7,
  BEGIN_STRING: 8,
  COMP_ID: 9,
  SENDING_TIME: 10,
  NO_SEQUENCE: 11,
  TOO_LOW: 12,
  SILENT: 13,
  LOGOUT_UNANSWERED: 14,
  SLOW: 15,
  TOO_LONG: 16,
  LOST: 17,
  NO_RESEND: 18,
  ALREADY_CONNECTED: 19,
  FULL: 20,
  RESEND_LOOP: 21,
  RESEND_FRUITLESS: 22,
  NEXT_EXPECTED: 23,
  ADDRESS: 24,
  PASSWORD: 25,
  OUTSIDE_SCHEDULE: 26,
  NO_BUFFER: 27,
  /** Text (58) of our Logout. */
  text: (reason: number): Uint8Array => TEXTS[reason]!,
} as const;

/** A reason's text for the log. */
export function describeDisconnect(reason: number): string {
  return REASONS[reason]?.[0] ?? `reason ${reason}`;
}

const TEXTS: readonly Uint8Array[] = REASONS.map((reason) => ascii(reason[1]));
