/** One side of TLS: its own certificate, its revocation lists, and whether its files are in use. */
export interface TlsSideView {
  /** Such as `client.tls`. */
  readonly side: string;
  /** Of its certificate; "" where it has none. */
  readonly subject: string;
  /** Milliseconds since 1970 of its certificate's end; null where it has none. */
  readonly untilMs: number | null;
  /** Milliseconds since 1970 at which the first of its revocation lists ends; null where it has none. */
  readonly listsUntilMs: number | null;
  /** Why its files as they are now are not in use; "" where they are. */
  readonly problem: string;
}

/** Connections that were refused for one reason since the start. */
export interface RefusedView {
  readonly reason: string;
  readonly count: number;
  /** True of a TLS handshake, or where TLS and FIX without it met. */
  readonly isOfTls: boolean;
}
