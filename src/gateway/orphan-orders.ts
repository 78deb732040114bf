import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { Commands } from "../control/commands.ts";
import type { SessionStatus } from "../host/systemd/session-status.ts";
import type { JournalNames, NameChanges, NameLists } from "../journal/store/names.ts";
import { clientNames } from "../plan/needs.ts";
import { CONTROL_CANCEL_ORDER, CONTROL_CLOSE_ORDER } from "../record/control-codes.ts";
import { goneNames, type OrphanOrder, orphanOrders, renamesOf } from "../recovery/orphans.ts";
import { coreConfig } from "../recovery/recovery.ts";
import { takeCurrency } from "./limit-currency.ts";
import type { Part } from "./supervisor.ts";

/** What a start does with open orders of clients and venues that the configuration no longer has; undefined: it is refused. */
export type OrphanPolicy = "keep" | "cancel" | undefined;

/** Orders in the log; the rest are counted. */
const LISTED = 100;
const EVERY_MS = 1_000;
/** Longest pause before a venue is asked again that has refused a cancel; the first is EVERY_MS, each twice the one before. */
const LONGEST_PAUSE_MS = 60_000;
/** Commands under way at a time. */
const AT_ONCE = 8;

/** Finds orphan orders, and amounts in another currency, before the names of a data directory are changed. */
export class OrphanSearch {
  readonly found: OrphanOrder[] = [];

  constructor(
    private readonly dir: string,
    private readonly config: GatewayConfig,
    private readonly policy: OrphanPolicy,
    private readonly log: Log,
    private readonly progress: () => void,
  ) {}

  changes(): NameChanges {
    return { renames: renamesOf(this.config), approve: (names) => this.approve(names) };
  }

  /** Returns  the names that have left for good. Throws when the start is refused. */
  private approve(names: JournalNames): NameLists {
    const { config } = this;
    takeCurrency(this.dir, names, config, this.progress);
    const gone = goneNames(names, clientNames(config), Object.keys(config.venues));
    const retired = names.retired ?? { clients: [], venues: [] };
    const isNew = (known: readonly string[]) => (name: string) => !known.includes(name);
    const left = {
      clients: gone.clients.filter(isNew(retired.clients)),
      venues: gone.venues.filter(isNew(retired.venues)),
    };
    if (left.clients.length + left.venues.length > 0) this.search(names, left);
    const has = (side: "client" | "venue", name: string): boolean => this.found.some((order) => order[side] === name);
    return {
      clients: gone.clients.filter((name) => !has("client", name)),
      venues: gone.venues.filter((name) => !has("venue", name)),
    };
  }

  private search(names: JournalNames, left: { clients: string[]; venues: string[] }): void {
    const core = coreConfig(this.config, names.clients, names.venues);
    this.found.push(...orphanOrders(this.dir, names, core, left, this.progress));
    if (this.found.length === 0) return;
    const refused = this.policy === undefined;
    for (const { text } of this.found.slice(0, LISTED)) {
      if (refused) this.log.error(text);
      else this.log.warning(`${this.policy}: ${text}`);
    }
    if (this.found.length > LISTED) this.log.warning(`and ${this.found.length - LISTED} more`);
    if (refused) throw new Error(refusal(this.found));
  }
}

/** Why a start is refused, in one line. */
function refusal(found: readonly OrphanOrder[]): string {
  const clients = new Set(found.filter((order) => order.clientIsGone).map(({ client }) => `client ${client}`));
  const venues = new Set(found.filter((order) => order.venueIsGone).map(({ venue }) => `venue ${venue}`));
  const count = found.length === 1 ? "1 open order belongs" : `${found.length.toLocaleString("en")} open orders belong`;
  return `${count} to ${[...clients, ...venues].join(", ")}, which the configuration no longer has. Put the table back; or where it has a new name, say there renamedFrom; or start with --orphan-orders keep, or with --orphan-orders cancel`;
}

/** Orders whose client or venue the configuration no longer has: shows them, and with "cancel" ends them. */
export class OrphanOrders implements Part {
  readonly name = "orphan orders";
  private open: readonly OrphanOrder[];
  private isAsking = false;
  /** By order number: when it may be asked for again, and the pause before that. */
  private readonly pauses = new Map<number, { readonly untilMs: number; readonly pauseMs: number }>();
  private end: () => void = () => {};

  constructor(
    private readonly found: readonly OrphanOrder[],
    private readonly policy: OrphanPolicy,
    private readonly commands: Commands,
    private readonly sessions: SessionStatus,
    private readonly venueIds: Readonly<Record<string, number>>,
    private readonly tasks: PeriodicTasks,
    private readonly log: Log,
  ) {
    this.open = found;
  }

  start(): void {
    if (this.policy === "cancel" && this.found.length > 0)
      this.end = this.tasks.every(EVERY_MS, () => void this.step());
  }

  stop(): void {
    this.end();
  }

  /** For the status; "" without such orders. */
  text(): string {
    if (this.open.length === 0) return "";
    const count = `${this.open.length} orphan order${this.open.length === 1 ? "" : "s"}`;
    return this.policy === "cancel" ? `; ${count} to cancel` : `; ${count} at the start`;
  }

  /** Asks for what is still open. */
  private async step(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const left: OrphanOrder[] = [];
    for (let i = 0; i < this.open.length; i += AT_ONCE) {
      const some = this.open.slice(i, i + AT_ONCE);
      const done = await Promise.all(some.map((order) => this.ends(order)));
      left.push(...some.filter((_, at) => !done[at]));
    }
    this.open = left;
    this.isAsking = false;
    if (left.length > 0) return;
    this.end();
    this.log.info("none is open any more");
  }

  /** Resolves with whether the order is done. */
  private async ends({ slot, number, venue, venueIsGone, text }: OrphanOrder): Promise<boolean> {
    if (!venueIsGone && !this.sessions.isUp(this.venueIds[venue]!)) return false;
    const pause = this.pauses.get(number);
    if (pause !== undefined && performance.now() < pause.untilMs) return false;
    const kind = venueIsGone ? CONTROL_CLOSE_ORDER : CONTROL_CANCEL_ORDER;
    const { applied, changed, value, reason } = await this.commands.send({ kind, value: slot, amount: number });
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * (pause?.pauseMs ?? EVERY_MS / 2));
    if (changed) this.pauses.set(number, { untilMs: performance.now() + pauseMs, pauseMs });
    if (!applied) this.log.warning(`${text}: not canceled: ${reason}`);
    else if (changed && venueIsGone) this.log.warning(`${text}: closed in the books; its venue was not asked`);
    else if (changed) this.log.info(`${text}: its venue was asked to cancel it`);
    return applied && (venueIsGone || value === 0);
  }
}
