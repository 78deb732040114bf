import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { isoText } from "../../base/time-text.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { type Commands, NO_ANSWER, NOT_SENT } from "../../control/commands.ts";
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
  /** What was last said of hours that are not in force; "": nothing since they were. */
  private warned = "";

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
    if (problem === "") this.ofConfig = config;
    else if (problem !== this.warned) this.parts.log.warning(problem);
    this.warned = problem;
  }

  /** Returns  one line about the hours that the core has not taken, or "". */
  private async give({ symbols, calendars }: Pick<GatewayConfig, "symbols" | "calendars">, nowUs: number) {
    const hours = new Map<string, TradingHours>();
    for (const { schedule } of Object.values(symbols))
      if (schedule !== undefined && !hours.has(schedule))
        hours.set(schedule, tradingHours(calendars[schedule]!, nowUs) ?? ALWAYS);
    const { reader } = this.parts.core;
    // What is not configured takes no orders.
    const configured = reader.names(SYMBOLS).filter((name) => symbols[name] !== undefined);
    const changes = configured.map((name): CoreChange[] => {
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
    const problem = await this.send(changes);
    if (problem !== "") return problem;
    if (isChanged) for (const [name, times] of hours) this.parts.log.info(`calendar ${name}: ${hoursText(times)}`);
    this.untilUs = Math.min(Number.POSITIVE_INFINITY, ...[...hours.values()].map(({ untilUs }) => untilUs));
    return "";
  }

  /** One symbol that the core refuses keeps no other from its hours. */
  private async send(changes: readonly (readonly CoreChange[])[]): Promise<string> {
    const refused: { readonly name: string; readonly reason: string }[] = [];
    for (const batch of batches(changes)) {
      const { applied, result, reason } = await this.parts.commands.send(changeCommand(batch, BY)!);
      if (applied) continue;
      const { name } = batch[0]!;
      const isAnswered = result !== NOT_SENT && result !== NO_ANSWER;
      // A core that does not answer is not asked for each of them.
      if (!isAnswered) return `the hours of ${name} and others are not in force: ${reason}; tried again each second`;
      for (const [symbol, one] of Map.groupBy(batch, (change) => change.name)) {
        const outcome = await this.parts.commands.send(changeCommand(one, BY)!);
        if (!outcome.applied) refused.push({ name: symbol, reason: outcome.reason });
      }
    }
    if (refused.length === 0) return "";
    const [{ name, reason }] = refused as [(typeof refused)[number]];
    const others = refused.length === 1 ? "" : ` and of ${refused.length - 1} more symbols`;
    return `the hours of ${name}${others} are not in force: ${reason}; tried again each second`;
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
