import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { isoText } from "../../base/time-text.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Commands } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { SYMBOLS } from "../../core/assembly/layout.ts";
import { SYMBOL_SETTINGS } from "../../core/risk/settings.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import { NEVER_US, type TradingHours, tradingHours } from "../../schedule/trading-hours.ts";
import type { Part } from "../supervisor.ts";
import type { CoreState } from "./core-state.ts";

const EVERY_MS = 1_000;
/** Who sets them, for the journal. */
const BY = "calendar";
/** A market that is always open. */
const ALWAYS: TradingHours = { openUs: 1, closeUs: NEVER_US, untilUs: Number.POSITIVE_INFINITY };
const OPENS_AT = SYMBOL_SETTINGS.findIndex(({ name }) => name === "opensAt");
const CLOSES_AT = SYMBOL_SETTINGS.findIndex(({ name }) => name === "closesAt");

export interface MarketHoursParts {
  /** In force; another object after each reload. */
  readonly config: () => Pick<GatewayConfig, "symbols" | "calendars">;
  readonly core: Pick<CoreState, "reader">;
  readonly commands: Pick<Commands, "send">;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Gives the core the hours of markets, and the next ones once those are over, by commands in the journal: a replay has them, too. The core
 * compares an order's time with the hours that it has: however late the next ones come, none is taken after the close. Main thread.
 */
export class MarketHours implements Part {
  readonly name = "market hours";
  private end: () => void = () => {};
  /** Until when the hours that the core has need no others; and when that was last asked. */
  private untilUs = Number.NEGATIVE_INFINITY;
  private askedUs = 0;
  /** The configuration that they are of. */
  private ofConfig: unknown = null;
  private isBusy = false;

  constructor(private readonly parts: MarketHoursParts) {}

  async start(): Promise<void> {
    await this.check(Date.now() * 1_000);
    this.end = this.parts.tasks.every(EVERY_MS, () => void this.check(Date.now() * 1_000));
  }

  stop(): void {
    this.end();
  }

  /** Gives the core other hours when some are over, when a reload has changed what they are of, or when the clock was set back. */
  async check(nowUs: number): Promise<void> {
    const config = this.parts.config();
    const isDue = nowUs >= this.untilUs || nowUs < this.askedUs || config !== this.ofConfig;
    this.askedUs = nowUs;
    if (!isDue || this.isBusy) return;
    this.isBusy = true;
    const problem = await this.give(config, nowUs);
    this.isBusy = false;
    if (problem === null) this.ofConfig = config;
    else this.parts.log.warning(`the hours of markets are not in force: ${problem}; tried again each second`);
  }

  /** Returns  why the core has not taken them, or null. */
  private async give({ symbols, calendars }: Pick<GatewayConfig, "symbols" | "calendars">, nowUs: number) {
    const hours = new Map<string, TradingHours>();
    for (const { schedule } of Object.values(symbols))
      if (schedule !== undefined && !hours.has(schedule))
        hours.set(schedule, tradingHours(calendars[schedule]!, nowUs) ?? ALWAYS);
    const { reader } = this.parts.core;
    const changes = reader.names(SYMBOLS).map((name): CoreChange[] => {
      const schedule = symbols[name]?.schedule;
      const wanted = schedule === undefined ? null : hours.get(schedule)!;
      const table = reader.settings(SYMBOLS, name)!;
      const one = (setting: number, us: number | undefined): CoreChange[] => {
        const { isSet, value } = table.aim(0, setting);
        const next = us === undefined ? null : BigInt(us);
        if (next === (isSet ? value : null)) return [];
        return [{ subject: SYMBOLS, name, setting, value: next }];
      };
      return [...one(OPENS_AT, wanted?.openUs), ...one(CLOSES_AT, wanted?.closeUs)];
    });
    const isChanged = changes.some(({ length }) => length > 0);
    for (const batch of batches(changes)) {
      const { applied, reason } = await this.parts.commands.send(changeCommand(batch, BY)!);
      if (!applied) return reason;
    }
    if (isChanged) for (const [name, times] of hours) this.parts.log.info(`calendar ${name}: ${hoursText(times)}`);
    this.untilUs = Math.min(Number.POSITIVE_INFINITY, ...[...hours.values()].map(({ untilUs }) => untilUs));
    return null;
  }
}

function hoursText({ openUs, closeUs }: TradingHours): string {
  if (openUs === NEVER_US) return "its symbols take no orders any more";
  if (closeUs === NEVER_US) return "its symbols take orders at any time";
  return `its symbols take orders from ${isoText(openUs)} until ${isoText(closeUs)}`;
}

/** Changes in as few commands as hold them, those of a symbol in one. */
function batches(groups: readonly (readonly CoreChange[])[]): CoreChange[][] {
  const made: CoreChange[][] = [];
  for (const group of groups) {
    const last = made.at(-1);
    if (group.length === 0) continue;
    if (last !== undefined && changeCommand([...last, ...group], BY) !== null) last.push(...group);
    else made.push([...group]);
  }
  return made;
}
