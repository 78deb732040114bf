import type { Box } from "../../../appliance/doctor/box.ts";
import type { Files } from "../../../appliance/doctor/files.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { GatewayConfig } from "../../../src/config/schema.ts";

/** Files by their paths, in memory. */
export function made(tree: Record<string, string | number>): Files {
  const paths = Object.keys(tree);
  return {
    read: (path) => (path in tree ? String(tree[path]).trim() : undefined),
    list: (path) => [
      ...new Set(
        paths.filter((one) => one.startsWith(`${path}/`)).map((one) => one.slice(path.length + 1).split("/")[0]!),
      ),
    ],
  };
}

/** A machine of which nothing is known but what is given. */
export function box(tree: Record<string, string | number>, more: Partial<Box> = {}): Box {
  return {
    files: made(tree),
    laneCpus: [],
    config: null,
    timeSync: null,
    disk: {
      dir: "data",
      measuredAt: "/data",
      writtenIn: "/data",
      syncsUs: "cannot be written to: EACCES",
      freeBytes: null,
    },
    executable: { path: "/usr/local/bin/sallyport", compiled: true, sha256: "ab12" },
    tls: [],
    nowMs: Date.parse("2026-12-01T00:00:00Z"),
    killSwitch: { engaged: false, sinceUs: 0 },
    ...more,
  };
}

export function config(more = ""): GatewayConfig {
  const loaded = loadConfig(
    `
[client]
listen = "127.0.0.1:9001"
[client.sessions.ALICE]
accounts = ["ACC1"]
[venues.SIM]
address = "127.0.0.1:9101"
compId = "EXCHANGE"
[routing]
default = "SIM"
[symbols.AAPL]
referencePrice = "100"
[risk]
collarPercent = 5
[risk.accounts.ACC1]
maxOrderQty = 100
maxOrderNotional = 1_000_000
maxOpenOrders = 100
ordersPerSecond = 1000
${more}`,
    "made-up.toml",
  );
  if (loaded.config === undefined) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}
