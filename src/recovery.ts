import { Views } from "./base/views.ts";
import type { GatewayConfig } from "./config/schema.ts";
import type { Core } from "./core/core.ts";
import type { CoreConfig } from "./core/tables.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "./journal/layout.ts";
import { readStream } from "./journal/reader.ts";
import type { RecoveredSession } from "./journal/recover.ts";
import { Control } from "./record/control.ts";
import { ExecutionReport } from "./record/execution-report.ts";
import { OrderRequest } from "./record/order-request.ts";

type Ids = Readonly<Record<string, number>>;

/** The part of the configuration that the core needs, by the journal's stable ids. Cold. */
export function coreConfig(config: GatewayConfig, clientIds: Ids, venueIds: Ids): CoreConfig {
  return {
    maxOrders: config.core.maxOrders,
    kill: config.risk.kill,
    accounts: Object.entries(config.risk.accounts).map(([name, account]) => ({ name, ...account })),
    symbols: Object.entries(config.symbols).map(([name, symbol]) => ({ name, ...symbol })),
    sessions: Object.entries(config.client.sessions).map(([name, session]) => ({
      id: clientIds[name]!,
      accounts: session.accounts,
    })),
    sessionIds: Math.max(-1, ...Object.values(clientIds)) + 1,
    venues: Object.keys(config.venues).map((name) => ({ id: venueIds[name]!, name })),
    venueIds: Math.max(-1, ...Object.values(venueIds)) + 1,
    defaultVenue: null,
  };
}

/** The last index that each session was given, by id. Cold. */
export function sentIndexes(sessions: Readonly<Record<number, RecoveredSession>>): number[] {
  const sent: number[] = [];
  for (const [id, session] of Object.entries(sessions)) sent[Number(id)] = session.lastIndex;
  return Array.from(sent, (index) => index ?? 0);
}

/** Gives the core every input of the journal again, with the times at which it took them and what it decided. Cold. */
export function replayInto(core: Core, dir: string): void {
  const scratch = Views.allocate(4096);
  const request = new OrderRequest(scratch).aim(0);
  const report = new ExecutionReport(scratch).aim(0);
  const control = new Control(scratch).aim(0);
  readStream(dir, "core", (entry) => {
    const from = entry.payloadAt >> 2;
    const words = entry.payloadLength >> 2;
    const source = entry.views.ints;
    for (let i = 0; i < words; i++) scratch.ints[i] = source[from + i]!;
    if (entry.kind === ENTRY_ORDER) core.order(request, entry.timeUs, entry.index);
    else if (entry.kind === ENTRY_REPORT) core.report(report, entry.timeUs);
    else if (entry.kind === ENTRY_CONTROL) core.control(control, entry.timeUs);
  });
}
