/*  What the thread of handshakes says to a lane about one connection, through a pipe:
 *
 *  byte 0       8     12       16     36           40            44        48            304
 *       ┌─────────┬────┬────────┬──────┬────────────┬─────────────┬─────────┬─────────────┬──────────┐
 *       │ session │ fd │ reason │ peer │ identities │ text length │ ticket  │ identities  │ text     │
 *       └─────────┴────┴────────┴──────┴────────────┴─────────────┴─────────┴─────────────┴──────────┘
 *  session  address of OpenSSL's SSL
 *  reason   0: the handshake is done; else why there is no connection, and `text` says more
 *  peer     address and port; of a connection to a venue: the number of its address among all in the first word
 *  ticket   of a connection to a venue: that of the lane's request
 */
export const HANDED_BYTES = 512;
export const FD_WORD = 2;
export const REASON_WORD = 3;
export const PEER_WORD = 4;
export const HANDED_PEER_WORDS = 5;
export const COUNT_WORD = 9;
export const LENGTH_WORD = 10;
export const TICKET_WORD = 11;
export const IDENTITIES_WORD = 12;
export const TEXT_AT = 304;
export const HANDED_TEXT_BYTES = HANDED_BYTES - TEXT_AT;

/*  A lane's request for a connection to a venue: int 0 the number of the address among all · 1 its ticket */
export const ASKED_BYTES = 8;
