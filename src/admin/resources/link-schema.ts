import { t } from "elysia";
import { isoText } from "../../base/time-text.ts";
import type { LastDisconnect, LinkView } from "../../operation/sessions.ts";

const time = (description: string) =>
  t.Nullable(t.String({ description: `${description}: ISO 8601 with microseconds.` }));

const lastDisconnectSchema = t.Object({
  at: t.String(),
  reason: t.String({ description: "As in the log." }),
  text: t.String({ description: "Text (58) of the peer's Logout, or what OpenSSL says of a wrong TLS record." }),
  nextIn: t.Integer(),
  nextOut: t.Integer(),
  pendingBytes: t.Integer({ description: "Bytes of output that were not sent." }),
  peer: t.String(),
});

export const tradingState = t.Union([t.Literal("on"), t.Literal("cancel-only"), t.Literal("off")], {
  description: "What an operator lets it do: trade, only cancel, or nothing.",
});

/** What the answers about client sessions and venues have in common. */
export const linkProperties = {
  name: t.String(),
  state: t.Union(
    [
      t.Literal("closed"),
      t.Literal("disconnected"),
      t.Literal("awaiting logon"),
      t.Literal("logged on"),
      t.Literal("logging out"),
    ],
    { description: "closed: outside its schedule, or switched off." },
  ),
  tradingState,
  nextIn: t.Integer({ description: "MsgSeqNum (34) of the next message from the peer." }),
  nextOut: t.Integer({ description: "MsgSeqNum (34) of our next message." }),
  messagesIn: t.Number({ description: "Messages of all types since the gateway's start." }),
  messagesOut: t.Number(),
  inPerSecond: t.Number(),
  outPerSecond: t.Number(),
  rejectsSent: t.Number({ description: "Reject (3) and BusinessMessageReject (j)." }),
  rejectsReceived: t.Number(),
  garbled: t.Integer({ description: "Messages that were skipped because they are none." }),
  hasGap: t.Boolean({ description: "Messages from the peer are missing, and were requested." }),
  backlogBytes: t.Integer({ description: "Output that the peer has not taken." }),
  backlogLimitBytes: t.Integer(),
  peer: t.String({ description: "Address of the connection; empty without one." }),
  lastIn: time("Last message from the peer"),
  lastOut: time("Last message to the peer"),
  lastLogon: time("Last logon"),
  lastDisconnect: t.Nullable(lastDisconnectSchema),
  writtenAt: t.String({ description: "When the lane wrote these figures." }),
  lane: t.Integer(),
};

/** A link in JSON: times as text. */
export function linkBody<V extends Omit<LinkView, "tradingState">>(view: V) {
  const { lastInUs, lastOutUs, lastLogonUs, lastDisconnect, writtenUs, ...rest } = view;
  return {
    ...rest,
    lastIn: timeBody(lastInUs),
    lastOut: timeBody(lastOutUs),
    lastLogon: timeBody(lastLogonUs),
    lastDisconnect: lastDisconnect === null ? null : disconnectBody(lastDisconnect),
    writtenAt: isoText(writtenUs),
  };
}

function disconnectBody({ atUs, reason, text, nextIn, nextOut, pendingBytes, peer }: LastDisconnect) {
  return { at: isoText(atUs), reason, text, nextIn, nextOut, pendingBytes, peer };
}

function timeBody(us: number | null): string | null {
  return us === null ? null : isoText(us);
}
