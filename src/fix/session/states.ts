/** Of a session; one of STATE_…. */
export const STATE_DOWN = 0;
/** Connected; an acceptor waits for a Logon. */
export const STATE_CONNECTED = 1;
/** An initiator has sent its Logon. */
export const STATE_LOGON_SENT = 2;
export const STATE_ACTIVE = 3;
/** Our Logout is out; the peer's is awaited. */
export const STATE_LOGOUT_SENT = 4;

/** What `receive` made of a message. */
export const HANDLED = 0;
/** An application message in sequence (or a Reject, which may concern one): the caller's to act on. */
export const APPLICATION = 1;
/** The connection is to be closed once what is written has gone; `session.closing` says why. */
export const CLOSE = 2;
/** An application message with a fault in a field, which was rejected; `session.rejectedTag` says in which. */
export const INVALID = 3;
/** Nothing that was held is next. */
export const NOT_HELD = -1;
