import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { isoText } from "../../base/time-text.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { type Commands, NO_ANSWER, NOT_SENT } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { SYMBOLS } from "../../core/assembly/layout.ts";
import { bitsOf, ORDER_TYPES, TIMES_IN_FORCE } from "../../core/risk/setting-terms.ts";
import { SYMBOL_SETTINGS } from "../../core/risk/settings.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import type { Calendar } from "../../schedule/calendar.ts";
import { type MarketPhase, type PhaseUntil, phasesFrom } from "../../schedule/market-phases.ts";
import { NEVER_US, type TradingHours, tradingHours } from "../../schedule/trading-hours.ts";
import type { Part } from "../supervisor.ts";
import type { CoreState } from "./core-state.ts";

const EVERY_MS = 1_000;
/** Who sets them, for the journal. */
const BY = "calendar";
/** A market that is always open. */
const ALWAYS: TradingHours = { openUs: 1, closeUs: NEVER_US, untilUs: Number.POSITIVE_INFINITY };
/** What the core is given of a symbol's market; null: nothing, the file's value holds. */
const GIVEN = [
  ...["opensAt", "closesAt", "hasPhases", "phaseEndsAt"],
  ...["phaseOrderTypes", "phaseTimesInForce", "nextOrderTypes", "nextTimesInForce"],
];
const NUMBERS = GIVEN.map((one) => SYMBOL_SETTINGS.findIndex(({ name }) => name === one));
const NOTHING = GIVEN.map(() => null);

/** Hours of a market with its phase at an instant and the next one. */
interface Hours extends TradingHours {
  readonly phases: readonly [now: PhaseUntil, next: PhaseUntil] | null;
}

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
    const hours = new Map<string, Hours>();
    for (const { schedule } of Object.values(symbols))
      if (schedule !== undefined && !hours.has(schedule)) hours.set(schedule, hoursOf(calendars[schedule]!, nowUs));
    const { reader } = this.parts.core;
    // What is not configured takes no orders.
    const configured = reader.names(SYMBOLS).filter((name) => symbols[name] !== undefined);
    const changes = configured.map((name): CoreChange[] => {
      const schedule = symbols[name]?.schedule;
      const wanted = schedule === undefined ? NOTHING : givenOf(hours.get(schedule)!);
      const table = reader.settings(SYMBOLS, name)!;
      return NUMBERS.flatMap((setting, i) => {
        const { isSet, value } = table.aim(0, setting);
        const next = wanted[i]!;
        return next === (isSet ? value : null) ? [] : [{ subject: SYMBOLS, name, setting, value: next }];
      });
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

type MarketCalendar = Calendar & { readonly phases?: readonly MarketPhase[] };

function hoursOf(calendar: MarketCalendar, nowUs: number): Hours {
  const hours = tradingHours(calendar, nowUs) ?? ALWAYS;
  const { phases = [] } = calendar;
  if (phases.length === 0 || hours.openUs === NEVER_US) return { ...hours, phases: null };
  const [now, next] = phasesFrom(calendar, phases, Math.max(nowUs, hours.openUs));
  return { ...hours, untilUs: Math.min(hours.untilUs, now.endUs), phases: [now, next] };
}

/**
 * In the order of GIVEN. The core has a phase and the next one, so that it changes between them at their time; for the core the
 * market closes at the end of the next one, until it is given the one behind it.
 */
function givenOf({ openUs, closeUs, phases }: Hours): readonly (bigint | null)[] {
  if (phases === null) return [BigInt(openUs), BigInt(closeUs), null, null, null, null, null, null];
  const [now, next] = phases;
  const times = [openUs, Math.min(closeUs, next.endUs)].map(BigInt);
  return [...times, 1n, BigInt(now.endUs), ...takenIn(now), ...takenIn(next)];
}

function takenIn({ phase }: PhaseUntil): readonly [types: bigint, times: bigint] {
  return [bitsOf(ORDER_TYPES, phase?.orderTypes), bitsOf(TIMES_IN_FORCE, phase?.timesInForce)];
}

function hoursText({ openUs, closeUs, phases }: Hours): string {
  if (openUs === NEVER_US) return "its symbols take no orders any more";
  const [now, next] = phases ?? [];
  const of = ({ phase }: PhaseUntil): string => (phase === null ? "every order" : `those of ${phase.name}`);
  const then = now === undefined ? "" : `; ${of(now)} until ${isoText(now.endUs)}, then ${of(next!)}`;
  if (closeUs === NEVER_US) return `its symbols take orders at any time${then}`;
  return `its symbols take orders from ${isoText(openUs)} until ${isoText(closeUs)}${then}`;
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
