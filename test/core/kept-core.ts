import type { CoreConfig } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver } from "./driver.ts";
import { Kept } from "./kept.ts";

/** A core of this configuration that has taken up what a snapshot has of another one; its venues are up. */
export function keptIn(driver: CoreDriver, config: CoreConfig): CoreDriver {
  const kept = new Kept();
  saveState(driver.core, kept);
  const restored = new CoreDriver(config, false);
  loadState(restored.core, kept);
  restored.core.code.indexOrders();
  for (const { id } of config.venues) restored.tell({ kind: code.REPORT_VENUE_UP, venue: id });
  return restored;
}
