import type { GatewayConfig } from "./schema.ts";

/** Rows that a configuration needs among the accounts: clients, client sessions, traders and currencies are there, too (core/level-rows.ts). */
export function rowsOfAccounts({ risk, client }: Pick<GatewayConfig, "risk" | "client">): number {
  return [risk.accounts, risk.clients, risk.traders, risk.currencies, client.sessions].reduce(
    (sum, table) => sum + Object.keys(table).length,
    0,
  );
}
