import type { SessionHost } from "../../session/protocol.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { mayHoldSecrets } from "./secrets.ts";

/** Bytes of a message above the limit that are journalled before the answer; the rest when the connection ends. */
export const TOO_LONG_BYTES = 1024;

/** Journals the scanned message, and the bytes from `from` on that were skipped before it. */
export function recordMessage(host: SessionHost, scan: Scanner, from: number): void {
  if (scan.from > from) host.skipped(from, scan.from);
  host.received(scan.from, scan.to, scan.msgSeqNum, mayHoldSecrets(scan));
  if (scan.msgType === tag.LOGOUT) noteText(host, scan);
}

/** Keeps the Text (58) of a message that refuses our Logon. Returns  false for one that does not. */
export function recordRefusal(host: SessionHost, scan: Scanner): boolean {
  const type = scan.msgType;
  if (type === tag.REJECT || type === tag.BUSINESS_MESSAGE_REJECT) noteText(host, scan);
  else if (type !== tag.LOGOUT) return false;
  return true;
}

function noteText(host: SessionHost, scan: Scanner): void {
  const field = scan.find(tag.Text);
  host.peerLogout(scan.bytes, field < 0 ? 0 : scan.starts[field]!, field < 0 ? 0 : scan.ends[field]!);
}
