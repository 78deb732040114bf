import { join } from "node:path";
import type { Log } from "../../base/log.ts";
import { NO_PRICE } from "../../base/units.ts";
import { walkRows } from "../../base/walk-rows.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Commands } from "../../control/commands.ts";
import { REFERENCE_SETTING, SYMBOLS } from "../../core/assembly/layout.ts";
import { OF_THE_DAY, OPEN_ORDERS } from "../../core/order-scan.ts";
import { isOpen } from "../../core/orders/order.ts";
import { SYMBOL_SETTINGS } from "../../core/risk/settings.ts";
import type { OrderState, StateReader } from "../../core/state-reader.ts";
import type { AlarmOperations } from "../../operation/alarms.ts";
import type {
  Day,
  DayChange,
  DayEndRequest,
  DayEndView,
  DayStartView,
  EndOutcome,
  StartOutcome,
} from "../../operation/day.ts";
import type { JournalLag } from "../../operation/journal-lag.ts";
import type { KillSwitch } from "../../operation/kill-switch.ts";
import type { GivenPosition, Positions } from "../../operation/positions.ts";
import type { Counterparty, SessionCommands } from "../../operation/session-commands.ts";
import type { Sessions } from "../../operation/sessions.ts";
import type { Settings } from "../../operation/setting.ts";
import type { SystemOperations } from "../../operation/system.ts";
import type { Venues } from "../../operation/venues.ts";
import { CONTROL_CANCEL_ORDER } from "../../record/control-codes.ts";
import type { CloseJob } from "../../reports/close-day.ts";
import { type DayRange, dayAt, dayRange } from "../../reports/trading-day.ts";
import { dayChecks, priceText } from "./day-checks.ts";
import { configurationFiles, referencePrices, restrictedSymbols, startPositions } from "./day-files.ts";
import type { RunningJournal } from "./journal.ts";
import { refused } from "./outcome.ts";
import type { ReaderProcesses } from "./reader-processes.ts";
import { referenceProblem } from "./reference-problem.ts";

const OPERATOR_STALE = SYMBOL_SETTINGS.findIndex(({ name }) => name === "operatorStaleMs");

export interface DayParts {
  /** The configuration in force. */
  readonly config: () => GatewayConfig;
  /** Data directory. */
  readonly dir: string;
  readonly commands: Commands;
  readonly settings: Settings;
  readonly positions: Positions;
  /** Null before the core has taken up its journal. */
  readonly state: () => StateReader | null;
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly journalLag: JournalLag;
  readonly alarms: AlarmOperations;
  readonly system: SystemOperations;
  readonly sessionCommands: SessionCommands;
  readonly killSwitch: KillSwitch;
  readonly journal: RunningJournal;
  readonly readers: ReaderProcesses;
  readonly log: Log;
}

/** Longest wait for venues to answer cancels, and how often it is looked. */
const CANCEL_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** Orders of one look, slots of the order table that are looked at in one turn, and commands under way at a time. */
const MOST_ORDERS = 10_000;
const SLOTS_A_TURN = 1_024;
const AT_ONCE = 16;
const MOST_LISTED = 100;
/** Long names leave room for fewer changes in one command. */
const CHANGES_AT_ONCE = 20;
const WRITTEN_WITHIN_MS = 3_600_000;
const NO_PRICES: ReadonlyMap<string, bigint> = new Map();
const NO_SYMBOLS: ReadonlyMap<string, true> = new Map();
const UNDER_WAY: EndOutcome = { ...refused("ending", "expected no end of day under way, got one"), view: null };

/** Begins and ends trading days at an operator's command. Main thread. */
export class GatewayDay implements Day {
  private lastStart: DayStartView | null = null;
  private lastEnd: DayEndView | null = null;

  constructor(private readonly parts: DayParts) {}

  view(): { start: DayStartView | null; end: DayEndView | null } {
    return { start: this.lastStart, end: this.lastEnd };
  }

  async start(dryRun: boolean, by: string): Promise<StartOutcome> {
    const { sessions, venues, journalLag, alarms, system, killSwitch, state } = this.parts;
    const config = this.parts.config();
    const { file, sha256 } = system.view().configuration;
    const { referencePrices: pricesFile, restrictedSymbols: restrictedFile, positions: positionsFile } = config.day;
    try {
      const prices = pricesFile === undefined ? null : referencePrices(pricesFile);
      const restricted = restrictedFile === undefined ? null : restrictedSymbols(restrictedFile);
      const held = positionsFile === undefined ? null : startPositions(positionsFile);
      const files = [
        ...configurationFiles(config, file),
        ...[prices, restricted, held].flatMap((table) => (table === null ? [] : [table.file])),
      ];
      const changes = this.changesOf(prices?.rows ?? NO_PRICES, restricted?.rows ?? NO_SYMBOLS);
      const problem = this.parts.positions.problemOf(held?.rows ?? []);
      if (problem !== "") throw new Error(`${positionsFile}: ${problem}`);
      if (!dryRun) await this.change(changes, by);
      const isMoved = !dryRun && (await this.setPositions(held?.rows ?? [], by));
      const checks = dayChecks({
        ...{ sessions, venues, files, sha256 },
        state: state(),
        counters: system.counters(),
        kills: killSwitch.engaged(),
        alarms: alarms.list(),
        journal: journalLag.streams(),
        disk: system.disk(),
        prices: prices?.rows ?? NO_PRICES,
        restricted: restricted?.rows ?? NO_SYMBOLS,
      });
      const view: DayStartView = {
        day: this.today(),
        at: new Date().toISOString(),
        dryRun,
        go: checks.every(({ ok }) => ok),
        checks,
        files,
        changes,
      };
      if (!dryRun) this.lastStart = view;
      const result = !dryRun && (isMoved || changes.length > 0) ? "applied" : "unchanged";
      return { result, code: "", reason: "", view };
    } catch (error) {
      return { ...refused("bad-file", (error as Error).message), view: null };
    }
  }

  async end(request: DayEndRequest): Promise<EndOutcome> {
    if (this.isEnding) return UNDER_WAY;
    let range: DayRange;
    try {
      range = dayRange(request.day ?? this.today(), this.parts.config().core.tradingDay);
    } catch (error) {
      return { ...refused("bad-day", (error as Error).message), view: null };
    }
    if (range.day !== this.today() && (request.cancel || request.logout)) {
      const what = "expected cancel and logout for the current trading day alone: they are about what is open now";
      return { ...refused("bad-day", `${what}; got ${range.day}, and it is ${this.today()}`), view: null };
    }
    const { dir } = this.parts;
    const { day } = this.parts.config();
    const orders = range.day === this.today() ? await this.dayOrders() : [];
    if (this.isEnding) return UNDER_WAY;
    const planned = request.dryRun && request.cancel ? orders.filter((order) => this.isVenueUp(order)) : [];
    const view: DayEndView = {
      day: range.day,
      at: new Date().toISOString(),
      doneAt: null,
      state: "planned",
      dryRun: request.dryRun,
      dayOrders: orders.length,
      canceled: idsOf(planned),
      left: idsOf(orders.filter((order) => !planned.includes(order))),
      loggedOut: request.dryRun && request.logout ? this.loggedOn().map(({ name }) => name) : [],
      directory: join(day.directory ?? join(dir, "days"), range.day),
      files: [],
      problems: [],
    };
    if (request.dryRun) return { result: "unchanged", code: "", reason: "", view };
    this.lastEnd = view;
    void this.carryOut(request, range).catch((error: Error) => this.done("failed", error.message));
    return { result: "applied", code: "", reason: "", view };
  }

  private get isEnding(): boolean {
    return this.lastEnd !== null && this.lastEnd.doneAt === null;
  }

  private async carryOut(request: DayEndRequest, range: DayRange): Promise<void> {
    if (request.cancel) await this.cancelAll();
    if (request.logout) await this.logoutAll();
    this.set({ state: "writing" });
    const { dir, journal, readers } = this.parts;
    const job: CloseJob = { kind: "close", dir, range, until: await journal.ends(), out: this.lastEnd!.directory };
    const bytes = await readers.answer("audit", job, WRITTEN_WITHIN_MS);
    this.set({ files: JSON.parse(new TextDecoder().decode(bytes)) as DayEndView["files"] });
    this.done("done", "");
  }

  private done(state: "done" | "failed", problem: string): void {
    if (problem !== "") this.problem(problem);
    this.set({ state, doneAt: new Date().toISOString() });
    const { day, files, problems, directory } = this.lastEnd!;
    const log = this.parts.log;
    if (problems.length === 0) log.info(`end of day ${day}: ${files.length} files in ${directory}`);
    else log.warning(`end of day ${day}: ${problems.join("; ")}`);
  }

  /** Asks the venues that are up to cancel open day orders, and waits until they have answered. */
  private async cancelAll(): Promise<void> {
    this.set({ state: "canceling" });
    const untilMs = performance.now() + CANCEL_WITHIN_MS;
    const orders = await this.dayOrders();
    for (let i = 0; i < orders.length; i += AT_ONCE)
      await Promise.all(orders.slice(i, i + AT_ONCE).map((order) => this.cancel(order)));
    while ((await this.dayOrders()).some((order) => this.isVenueUp(order)) && performance.now() < untilMs)
      await Bun.sleep(LOOK_EVERY_MS);
    const left = await this.dayOrders();
    const open = new Set(left.map(({ row }) => row.number));
    this.set({ canceled: idsOf(orders.filter(({ row }) => !open.has(row.number))), left: idsOf(left) });
    if (left.length > 0)
      this.problem(
        `${left.length} day orders are open still: their venues have not ended them; mark them dead by hand`,
      );
  }

  private async cancel({ slot, row }: OrderState): Promise<void> {
    const { applied, reason } = await this.parts.commands.send({
      kind: CONTROL_CANCEL_ORDER,
      value: slot,
      amount: row.number,
    });
    if (!applied) this.problem(`order ${row.number} is not canceled: ${reason}`);
  }

  /** A venue that is down answers nothing: it is not waited for. */
  private isVenueUp({ symbol }: OrderState): boolean {
    return this.parts.state()?.symbol(symbol, 0)?.isVenueUp === true;
  }

  private async logoutAll(): Promise<void> {
    this.set({ state: "logging out" });
    const loggedOut: string[] = [];
    for (const of of this.loggedOn()) {
      const { result, reason } = await this.parts.sessionCommands.logout(of, "end of day");
      if (result === "refused") this.problem(`${of.kind} ${of.name} is not logged out: ${reason}`);
      else loggedOut.push(of.name);
    }
    this.set({ loggedOut });
  }

  /** Clients first: what they still ask is answered by venues that are there. */
  private loggedOn(): Counterparty[] {
    const { sessions, venues } = this.parts;
    const up = (list: readonly { name: string; state: string }[], kind: Counterparty["kind"]): Counterparty[] =>
      list.filter(({ state }) => state === "logged on").map(({ name }) => ({ kind, name }));
    return [...up(sessions.list(), "session"), ...up(venues.list(), "venue")];
  }

  /** Open orders that end with the day, no more than MOST_ORDERS. */
  private async dayOrders(): Promise<OrderState[]> {
    const state = this.parts.state();
    const found: OrderState[] = [];
    if (state === null) return found;
    const scan = state.orderScan();
    const take = (slot: number): void => {
      const order = found.length < MOST_ORDERS ? state.order(slot) : null;
      if (order !== null && isOpen(order.row.state) && isOfDay(order)) found.push(order);
    };
    await walkRows(scan.slots, (from, to) => scan.each(from, to, OPEN_ORDERS, take), SLOTS_A_TURN);
    return found;
  }

  /** Settings that differ from the day's files, restricted symbols first. Throws for a symbol that there is not, and a price that it can't have. */
  private changesOf(prices: ReadonlyMap<string, bigint>, restricted: ReadonlyMap<string, true>): DayChange[] {
    const state = this.parts.state();
    const { symbols } = this.parts.config();
    const changes: DayChange[] = [];
    // What is restricted and not traded here needs nothing. The rest comes first: it must not trade at any price.
    for (const symbol of restricted.keys())
      if (state?.symbol(symbol, 0)?.isEnabled === true)
        changes.push({ symbol, setting: "enabled", old: true, new: false });
    for (const [symbol, price] of prices) {
      const settings = state?.settings(SYMBOLS, symbol) ?? null;
      if (settings === null || symbols[symbol] === undefined)
        throw new Error(`reference prices: expected a symbol of the configuration, got ${symbol}`);
      const problem = referenceProblem(price, symbols[symbol].prices, settings);
      if (problem !== "") throw new Error(`reference prices: ${symbol}: ${problem}`);
      const mayBeStale = settings.aim(0, OPERATOR_STALE).current !== NO_PRICE;
      const { current } = settings.aim(0, REFERENCE_SETTING);
      const old = priceText(current === NO_PRICE ? null : current);
      // The same price counts from now on, where it could be too old.
      if (current !== price || mayBeStale)
        changes.push({ symbol, setting: "referencePrice", old, new: priceText(price) });
    }
    return changes;
  }

  /** Makes the changes, some at once: all of these hold from the next order on, or none. */
  private async change(changes: readonly DayChange[], by: string): Promise<void> {
    for (let i = 0; i < changes.length; i += CHANGES_AT_ONCE) {
      const some = changes.slice(i, i + CHANGES_AT_ONCE);
      const { result, reason } = await this.parts.settings.change(
        some.map(({ symbol: name, setting, new: value }) => ({ subject: "symbol", name, setting, value })),
        by,
      );
      if (result === "refused") throw new Error(`after ${i} of ${changes.length} changes: ${reason}`);
    }
  }

  /** Returns whether one of them was another. */
  private async setPositions(positions: readonly GivenPosition[], by: string): Promise<boolean> {
    if (positions.length === 0) return false;
    const { result, reason } = await this.parts.positions.start(positions, by);
    if (result === "refused") throw new Error(`positions: ${reason}`);
    return result === "applied";
  }

  private today(): string {
    return dayAt(Date.now() * 1000, this.parts.config().core.tradingDay);
  }

  private set(change: Partial<DayEndView>): void {
    this.lastEnd = { ...this.lastEnd!, ...change };
  }

  private problem(text: string): void {
    this.set({ problems: [...this.lastEnd!.problems, text].slice(0, MOST_LISTED) });
  }
}

function isOfDay({ row }: OrderState): boolean {
  return OF_THE_DAY.includes(row.timeInForce);
}

function idsOf(orders: readonly OrderState[]): string[] {
  return orders.slice(0, MOST_LISTED).map(({ row }) => String(row.number));
}
