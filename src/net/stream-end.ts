// Results of a stream's `receive` and `flush` that end its connection.

/** `receive` found the connection ended by the peer. */
export const ENDED = -1;
/** The connection broke. */
export const BROKEN = -2;
/** Unread input had to be put aside and the pool was exhausted: bytes of the peer are lost. */
export const STARVED = -3;
/** The peer has ended TCP, but not TLS: something may be missing. */
export const CUT = -4;
/** A TLS record is wrong, or the peer has sent an alert. */
export const BAD_RECORD = -5;
