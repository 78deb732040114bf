import * as tag from "../wire/tags.ts";

/** FixSession.state: there is no connection. */
export const STATE_DOWN = 0;
/** Connected; an acceptor waits for a Logon. */
export const STATE_CONNECTED = 1;
/** An initiator has sent its Logon. */
export const STATE_LOGON_SENT = 2;
export const STATE_ACTIVE = 3;
/** Our Logout is sent; the peer's is awaited. */
export const STATE_LOGOUT_SENT = 4;

export function isAdmin(msgType: number): boolean {
  return (msgType >= tag.HEARTBEAT && msgType <= tag.LOGOUT) || msgType === tag.LOGON;
}

/** True for what can say something of an order: application messages, and a Reject of one. */
export function isOfOrders(msgType: number): boolean {
  return !isAdmin(msgType) || msgType === tag.REJECT;
}
