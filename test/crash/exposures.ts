import { Views } from "../../src/base/views.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Core } from "../../src/core/core.ts";
import { COUNTER_NAMES } from "../../src/core/counters.ts";
import { Outbox } from "../../src/core/outbox.ts";
import { readNames } from "../../src/journal/names.ts";
import { SIDE_BUY, SIDE_SELL } from "../../src/record/codes.ts";
import { coreConfig, replayInto } from "../../src/recovery.ts";

/** Money in 1e-4. */
export interface Exposure {
  openOrders: number;
  openBuy: number;
  openSell: number;
  bought: number;
  sold: number;
  position: number;
}

/** What the gateway believes of each account, read from a data directory that nobody uses: as a restart would. */
export function coldExposures(configText: string, dir: string): Record<string, Exposure> {
  const { config } = loadConfig(configText, "gateway.toml");
  const names = readNames(dir);
  if (config === undefined || names === null) throw new Error("no configuration or no journal");
  const settings = coreConfig(config, names.clients, names.venues);
  const nobody = (count: number) => new Int32Array(count).fill(-1);
  const outbox = new Outbox([], [], nobody(settings.sessionIds), nobody(settings.venueIds));
  const core = new Core(settings, outbox, new Float64Array(Views.allocate(8 * COUNTER_NAMES.length).doubles.buffer));
  core.beginReplay([], []);
  replayInto(core, dir);
  core.endReplay();
  const { accounts } = core.state;
  const exposure = (at: number): Exposure => ({
    openOrders: accounts.openOrders(at),
    openBuy: accounts.openNotional(at, SIDE_BUY),
    openSell: accounts.openNotional(at, SIDE_SELL),
    bought: accounts.executedNotional(at, SIDE_BUY),
    sold: accounts.executedNotional(at, SIDE_SELL),
    position: accounts.position(at),
  });
  return Object.fromEntries(settings.accounts.map(({ name }, at) => [name, exposure(at)]));
}
