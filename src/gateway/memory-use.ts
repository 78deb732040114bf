import { KIB, MIB } from "../base/units.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { bufferFileBytes } from "../journal/buffer-file.ts";
import { placesOf } from "../plan/needs.ts";
import type { Plan } from "../plan/plan.ts";
import { venueSymbolsBytes } from "../venue/symbols.ts";
import { throttleBytes } from "../venue/throttle.ts";
import { planWarmUps } from "./open-lanes.ts";

/** One line of the process's memory; `key`: what of the configuration decides it. */
export interface MemoryItem {
  readonly what: string;
  readonly key: string;
  readonly bytes: number;
}

/** Memory of a gateway's process. */
export interface MemoryUse {
  /** Private memory when it is ready. */
  readonly items: readonly MemoryItem[];
  readonly privateBytes: number;
  /** The executable's own pages in memory. */
  readonly codeBytes: number;
  /** More, while peers do not read: the rest of the pool. */
  readonly backlogBytes: number;
  /** The journal's buffers. */
  readonly journalBytes: number;
}

/*  What no table says: measured on the compiled executable with one thing more at a time, as private memory (smaps_rollup)
 *  after the start. A test compares the sum with the memory of a real process.
 */
const ENGINE_BYTES = 30 * MIB;
const LANE_BYTES = 10 * MIB;
/** Of warm-ups: compiled code, which lanes share in part. */
const WARM_BYTES = 50 * MIB;
const WARM_LANE_BYTES = 19 * MIB;
const CLIENT_SESSION_BYTES = 36 * KIB;
/** Of an account, a client, a trader or a symbol: what the main thread and the lanes keep of the configuration beside the core's rows. */
const NAMED_BYTES = 11 * KIB;
const CONNECTION_BYTES = 6 * KIB;
const VENUE_BYTES = 100 * KIB;
/** Of the built-in exchange: book, levels, ids and details. */
const EXCHANGE_ORDER_BYTES = 240;
const CODE_BYTES = 56 * MIB;

/** Memory of the process that a configuration makes. `isolated`: whether lanes find isolated CPUs, where they spin. */
export function memoryUse(config: GatewayConfig, plan: Plan, isolated = false): MemoryUse {
  const { client, exchange, pool, lanes, risk, symbols } = config;
  const named = [risk.accounts, risk.clients, risk.traders, symbols].flatMap((table) => Object.keys(table)).length;
  const { sessions, venues } = placesOf(config);
  const spins = lanes.place.some(({ idle }) => idle === "spin" || (idle === "auto" && isolated));
  const warmsUp = lanes.warmUp === "on" || (lanes.warmUp === "auto" && spins);
  const buffers = plan.memoryBytes - plan.buffersAt;
  const sharedBytes = warmsUp ? planWarmUps(config, plan).memoryBytes - buffers : plan.sharedBytes;
  const warmBytes = warmsUp ? WARM_BYTES + plan.lanes.length * WARM_LANE_BYTES : 0;
  const throttles = Object.values(config.venues).map(({ throttle }) => throttle);
  const heldBytes = throttles.reduce((sum, one) => sum + (one.messages === 0 ? 0 : throttleBytes(one)), 0);
  const items: MemoryItem[] = [
    { what: "orders, and rows of all names", key: "core.maxOrders", bytes: plan.coreBytes },
    { what: "configuration of names", key: "risk.accounts, clients, traders, symbols", bytes: named * NAMED_BYTES },
    {
      what: "rings and state that lanes share",
      key: "lanes, pool.maxMiB",
      bytes: sharedBytes - plan.coreBytes - heldBytes,
    },
    {
      what: "requests that wait for throttles",
      key: "venues.*.throttle: cancels, queueLength",
      bytes: heldBytes,
    },
    {
      what: "client sessions",
      key: "client.sessions",
      bytes: sessions * CLIENT_SESSION_BYTES,
    },
    { what: "connections", key: "client.maxConnections", bytes: client.maxConnections * CONNECTION_BYTES },
    { what: "venues", key: "venues", bytes: venues * VENUE_BYTES },
    { what: "backlogs, ready", key: "pool.readyMiB", bytes: pool.readyMiB * MIB },
    {
      what: "engine and its threads",
      key: warmsUp ? "lanes, lanes.warmUp" : "lanes",
      bytes: ENGINE_BYTES + plan.lanes.length * LANE_BYTES + warmBytes,
    },
  ];
  const mapped = Object.values(config.venues).filter(({ symbols }) => Object.keys(symbols).length > 0).length;
  if (mapped > 0)
    items.push({
      what: "names of symbols at venues",
      key: "venues.*.symbols, symbols",
      bytes: mapped * venueSymbolsBytes(Object.keys(symbols).length),
    });
  if (exchange !== null)
    items.push({
      what: "built-in exchange",
      key: "exchange.maxOrders",
      bytes: exchange.maxOrders * EXCHANGE_ORDER_BYTES,
    });
  return {
    items,
    privateBytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
    codeBytes: CODE_BYTES,
    backlogBytes: Math.max(0, pool.maxMiB - pool.readyMiB) * MIB,
    journalBytes: bufferFileBytes(plan.streams.length, plan.bufferBytes),
  };
}
