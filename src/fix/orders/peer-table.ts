import { broken } from "../../base/broken.ts";
import { EXEC_REPLACED } from "../../record/codes.ts";
import * as peer from "../wire/codec/peer.ts";
import type { Codec } from "../wire/codec.ts";
import { FULL } from "../wire/held.ts";
import * as tag from "../wire/tags.ts";
import type { FixVersion } from "../wire/version.ts";
import { execTransType, execTypeFor, ordStatusFor, saidReplaced, saidType } from "./exec-type.ts";
import type { MessageFields } from "./message-fields.ts";

/**
 * Address of the codec's table (wire/codec/peer.ts) of these messages to peers with this version. The first call makes it: a lane does
 * so when it builds its sessions.
 */
export function peerTable(codec: Codec, fields: MessageFields, version: FixVersion): number {
  if (fields.tableIn !== codec.peers) {
    fields.tableAt = makeTable(codec, fields, version);
    fields.tableIn = codec.peers;
  }
  return fields.tableAt;
}

function makeTable({ peers }: Codec, fields: MessageFields, version: FixVersion): number {
  const isReport = fields.msgType === tag.EXECUTION_REPORT;
  const at = peers.take(isReport ? peer.PEER_REPORT_BYTES : peer.PEER_BYTES);
  if (at === 0) broken("room for the tables of peers", fields.msgType);
  const set = (word: number, value: number): void => {
    peers.words[(at + word) >> 2] = value;
  };
  set(peer.PEER_WRITES, fields.writes);
  set(peer.PEER_FLAGS, flagsOf(fields, version));
  set(peer.PEER_CHANGED, fields.changed);
  set(peer.PEER_RULES, fields.rules);
  set(peer.PEER_ACCEPTS, fields.accepts);
  set(peer.PEER_CXL_TYPE, version.hasCxlType && fields.msgType === tag.ORDER_CANCEL_REQUEST ? FULL : 0);
  set(peer.PEER_LAST_PX, fields.bitOf(tag.LastPx));
  set(peer.PEER_LAST_QTY, fields.bitOf(tag.LastQty));
  set(peer.PEER_ORD_REJ_REASON, fields.bitOf(tag.OrdRejReason));
  if (isReport) putReportTables(peers.bytes, at, fields, version);
  return at;
}

function flagsOf(fields: MessageFields, version: FixVersion): number {
  const isConfigured = fields.renames.length > 0 || fields.fixed.length > 0;
  return (
    (fields.needsHandlInst ? peer.NEEDS_HANDL_INST : 0) |
    (fields.needsTransactTime ? peer.NEEDS_TRANSACT_TIME : 0) |
    (fields.needsOrderQty ? peer.NEEDS_ORDER_QTY : 0) |
    (isConfigured ? peer.IS_CONFIGURED : 0) |
    (version.needsLast ? peer.NEEDS_LAST : 0) |
    (version.timeDecimals === 0 ? peer.WHOLE_SECONDS : 0)
  );
}

/** Two OrdStatus without a rule of their own: where both come back, the code is that of OrdStatus. */
const SOME = "A".charCodeAt(0);
const OTHER = "B".charCodeAt(0);

function putReportTables(bytes: Uint8Array, at: number, fields: MessageFields, version: FixVersion): void {
  for (let code = 0; code < 256; code++) {
    if (version.hasExecTransType) bytes[at + peer.PEER_TRANS + code] = execTransType(code);
    bytes[at + peer.PEER_REASONS + code] = fields.ordRejReasons[code]!;
    bytes[at + peer.PEER_RESTATEMENTS + code] = fields.restatements[code]!;
    if (fields.saysReplaced && saidReplaced(version, code)) bytes[at + peer.PEER_SAID_REPLACED + code] = 1;
    const said = saidType(version, code);
    if (said !== 0 && fields.saysType(said)) bytes[at + peer.PEER_SAID_TYPES + code] = said;
    for (let place = 0; place < 4; place++) {
      const entry = (place << 8) + code;
      const isExecuted = (place & peer.NOTHING_DONE) === 0;
      const execType = (place & peer.OF_REPLACE) === 0 ? SOME : EXEC_REPLACED;
      bytes[at + peer.PEER_STATUSES + entry] = ordStatusFor(version, execType, code, isExecuted);
      if (!version.hasExecType) continue;
      const isFull = (place & peer.ALL_DONE) !== 0;
      const type = (status: number): number => execTypeFor(version, code, status, isExecuted, isFull);
      const isStatus = type(SOME) === SOME && type(OTHER) === OTHER;
      bytes[at + peer.PEER_TYPES + entry] = isStatus ? peer.AS_STATUS : type(SOME);
    }
  }
}
