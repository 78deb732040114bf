import type { Address } from "./address.ts";
import type { GatewayConfig } from "./schema.ts";

/** Addresses of one key of the configuration. */
export interface Listeners {
  /** Path of the key. */
  readonly key: readonly string[];
  readonly addresses: readonly Address[];
}

/** All addresses that a start listens on. */
export function listenersOf({ client, dropCopy, admin, exchange }: GatewayConfig): Listeners[] {
  const tables = Object.entries({
    client,
    dropCopy,
    admin,
    exchange: exchange && { listen: exchange.listen, tls: null },
  });
  return tables.flatMap(([owner, table]) =>
    table === null
      ? []
      : [
          { key: [owner, "listen"], addresses: table.listen },
          { key: [owner, "tls", "listen"], addresses: table.tls?.listen ?? [] },
        ],
  );
}
