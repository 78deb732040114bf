import * as layout from "./layout.ts";

// The core's area, and where its tables are: read once by `openCore`. What inputs change is in memory only.

export let area: usize = 0;
export let maxOrders: i32 = 0;
export let orders: usize = 0;
export let ids: usize = 0;
export let idTails: usize = 0;
export let idIndex: usize = 0;
export let idMask: i32 = 0;
export let idCapacity: i32 = 0;
export let orderIds: usize = 0;
export let orderIdIndex: usize = 0;
export let orderIdMask: i32 = 0;
export let firstExecutions: usize = 0;
export let executions: usize = 0;
export let facts: usize = 0;
export let executionMask: i32 = 0;
export let accounts: usize = 0;
/** The row of the firm, behind those of accounts. */
export let firm: usize = 0;
export let symbols: usize = 0;
export let counters: usize = 0;
export let orderLocks: usize = 0;
export let accountLocks: usize = 0;
export let symbolLocks: usize = 0;
export let orderTimes: usize = 0;

/** A word of the area: an address, a size, or what inputs change. */
// @ts-ignore: decorator
@inline
export function word(offset: usize): i32 {
  return load<i32>(area + offset);
}

// @ts-ignore: decorator
@inline
export function setWord(offset: usize, value: i32): void {
  store<i32>(area + offset, value);
}

// @ts-ignore: decorator
@inline
export function address(offset: usize): usize {
  return load<u32>(area + offset);
}

// @ts-ignore: decorator
@inline
export function double(offset: usize): f64 {
  return load<f64>(area + offset);
}

// @ts-ignore: decorator
@inline
export function setDouble(offset: usize, value: f64): void {
  store<f64>(area + offset, value);
}

/** Takes up the area that TypeScript has laid out. */
export function openCore(at: usize): void {
  area = at;
  maxOrders = word(layout.MAX_ORDERS);
  orders = address(layout.ORDERS_AT);
  ids = address(layout.IDS_AT);
  idTails = address(layout.ID_TAILS_AT);
  idIndex = address(layout.ID_INDEX_AT);
  idMask = (word(layout.ID_INDEX_BUCKETS) - 1) * layout.ID_BUCKET_BYTES;
  idCapacity = word(layout.ID_CAPACITY);
  orderIds = address(layout.ORDER_IDS_AT);
  orderIdIndex = address(layout.ORDER_ID_INDEX_AT);
  orderIdMask = (word(layout.ORDER_ID_INDEX_BUCKETS) - 1) * layout.ID_BUCKET_BYTES;
  firstExecutions = address(layout.FIRST_EXECUTIONS_AT);
  executions = address(layout.EXECUTIONS_AT);
  facts = address(layout.FACTS_AT);
  executionMask = word(layout.EXECUTION_BUCKETS) - 1;
  accounts = address(layout.ACCOUNTS_AT);
  firm = accounts + <usize>word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY) * layout.ACCOUNT_BYTES;
  symbols = address(layout.SYMBOLS_AT);
  counters = address(layout.COUNTERS_AT);
  orderLocks = address(layout.ORDER_LOCKS_AT);
  accountLocks = address(layout.ACCOUNT_LOCKS_AT);
  symbolLocks = address(layout.SYMBOL_LOCKS_AT);
  orderTimes = address(layout.ORDER_TIMES_AT);
}
