import { Views } from "../../src/base/views.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/journal/layout.ts";
import { readNames } from "../../src/journal/store/names.ts";
import { listStreams, readStream } from "../../src/journal/store/reader.ts";
import { newestSnapshot } from "../../src/journal/store/snapshot-file.ts";
import { SIDE_BUY, SIDE_SELL } from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { coreConfig, recoverInto } from "../../src/recovery/recovery.ts";
import { takeSnapshot } from "../../src/recovery/snapshot.ts";

/** Money in 1e-4; small enough for doubles. */
export interface Exposure {
  openOrders: number;
  openBuy: number;
  openSell: number;
  bought: number;
  sold: number;
  position: number;
}

/**
 * What the gateway believes of each account, from the journal of a data directory that nobody uses: from all that is in it,
 * or from its newest snapshot on.
 */
export function coldExposures(
  configText: string,
  dir: string,
  snapshot: string | null = null,
): Record<string, Exposure> {
  const { settings } = settingsOf(configText, dir);
  const core = Core.alone(settings);
  if (snapshot === null) {
    core.beginReplay([], []);
    replay(core, dir);
    core.endReplay();
  } else recoverInto(core, dir, snapshot, [], []);
  const exposure = (at: number): Exposure => {
    const account = core.tables.account.aim(at);
    return {
      openOrders: account.openOrders,
      openBuy: Number(account.openNotional(SIDE_BUY)),
      openSell: Number(account.openNotional(SIDE_SELL)),
      bought: Number(account.executedNotional(SIDE_BUY)),
      sold: Number(account.executedNotional(SIDE_SELL)),
      position: Number(account.position) / 1e8,
    };
  };
  return Object.fromEntries(settings.accounts.map(({ name }, at) => [name, exposure(at)]));
}

/** Path of the newest snapshot, or null. */
export function snapshotOf(configText: string, dir: string): string | null {
  const snapshot = newestSnapshot(dir, settingsOf(configText, dir).birth, (notice) => {
    throw new Error(notice);
  });
  snapshot?.close();
  return snapshot?.path ?? null;
}

/** Makes a snapshot of all that a dead gateway has left, from which the next one starts. */
export function snapshotNow(configText: string, dir: string): void {
  const { settings, birth, segmentBytes } = settingsOf(configText, dir);
  const positions: Record<string, number> = {};
  for (const stream of listStreams(dir).keys()) {
    const { segment, usedBytes } = readStream(dir, stream, () => {});
    if (segment > 0) positions[stream] = segment * segmentBytes + usedBytes;
  }
  const job = { dir, birth, core: settings, positions, keep: 2 };
  try {
    takeSnapshot(job);
  } catch {
    // The dead gateway's own process for them has just finished one, and taken the number.
    takeSnapshot(job);
  }
}

function settingsOf(configText: string, dir: string) {
  const { config } = loadConfig(configText, "gateway.toml");
  const names = readNames(dir);
  if (config === undefined || names === null) throw new Error("no configuration or no journal");
  const { birth, segmentBytes } = names;
  return { settings: coreConfig(config, names.clients, names.venues), birth, segmentBytes };
}

/** From the first entry on, whatever shorter way a restart may know. */
function replay(core: Core, dir: string): void {
  const scratch = Views.allocate(4096);
  const request = new OrderRequest(scratch).aim(0);
  const report = new ExecutionReport(scratch).aim(0);
  const control = new Control(scratch).aim(0);
  readStream(dir, "core", ({ kind, views, payloadAt, payloadLength, timeUs, index }) => {
    scratch.ints.set(views.ints.subarray(payloadAt >> 2, (payloadAt + payloadLength) >> 2));
    if (kind === ENTRY_ORDER) core.order(request, timeUs, index);
    else if (kind === ENTRY_REPORT) core.report(report, timeUs);
    else if (kind === ENTRY_CONTROL) core.control(control, timeUs);
  });
}
