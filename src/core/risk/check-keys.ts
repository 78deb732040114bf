// Tables of the configuration, and keys in them, that checks read.

export const ACCOUNT_KEYS = "risk.accounts.NAME";
export const CLIENT_KEYS = "risk.clients.NAME";
export const TRADER_KEYS = "risk.traders.NAME";
const FIRM_KEYS = "risk";
export const SYMBOL_KEYS = "symbols.NAME";
export const SESSION_KEYS = "client.sessions.NAME";

/** A limit of an order, or of open orders, that every level but the symbol may have. */
export function orderKeysOf(limit: string): string[] {
  return [ACCOUNT_KEYS, CLIENT_KEYS, SESSION_KEYS, TRADER_KEYS].map((table) => `${table}.${limit}`);
}

/** A limit that an account, its client and the firm may have. */
export function keysOf(limit: string): string[] {
  return [ACCOUNT_KEYS, CLIENT_KEYS, FIRM_KEYS].map((table) => `${table}.${limit}`);
}

/** What an account, its client and the client session may have. */
export function rightKeysOf(key: string): string[] {
  return [ACCOUNT_KEYS, CLIENT_KEYS, SESSION_KEYS].map((table) => `${table}.${key}`);
}
