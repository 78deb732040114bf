import { isoText } from "../../base/time-text.ts";
import type { KeyChange } from "../../config/difference.ts";
import { pathText } from "../../config/problem.ts";
import type { ReloadPart } from "../../config/reload-terms.ts";
import type { ConfigFile, GatewayConfig } from "../../config/schema.ts";
import type { CommandOutcome, Commands } from "../../control/commands.ts";
import { configureCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, FIRM, ROUTES, SESSIONS, SYMBOLS } from "../../core/assembly/layout.ts";
import type { CoreConfig } from "../../core/config.ts";
import { levelOf, levelRows } from "../../core/level-rows.ts";
import type { SettingKind } from "../../core/risk/setting-kind.ts";
import { SETTINGS } from "../../core/risk/settings.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import { coreConfig } from "../../recovery/recovery.ts";
import type { Reloadable } from "../reload.ts";
import { namedByChanges, namedInForce } from "./client-lists.ts";
import { ConfiguredChanges, type FileChange } from "./configured-changes.ts";
import type { CoreState } from "./core-state.ts";
import { settingValue } from "./setting-values.ts";

/** Who changes what is configured, for the journal. */
const BY = "reload";
/** Tables of the configuration, by what they are about. */
const TABLES: Readonly<Record<number, readonly string[]>> = {
  [ACCOUNTS]: ["risk", "accounts"],
  [SYMBOLS]: ["symbols"],
  [SESSIONS]: ["client", "sessions"],
  [FIRM]: ["risk"],
  [ROUTES]: ["routing"],
};

/**
 * Gives the core the file's accounts and symbols while it works: new ones, changed limits, routes and forms, those that are gone; which
 * accounts each client session may use; and the routing rules. Operators' values stay.
 */
export class LimitReload implements Reloadable {
  /** The client side reads traders of the sessions that need them. */
  readonly also: readonly ReloadPart[] = ["message limits"];

  constructor(
    private readonly core: CoreState,
    private readonly commands: Pick<Commands, "send">,
    private readonly names: Pick<JournalNames, "clients" | "venues">,
    /** Called with a configuration that the core has taken. */
    private readonly taken: (config: GatewayConfig) => void,
  ) {}

  /** Keys whose value an operator has set, and what it is. */
  readonly held = (): ReadonlyMap<string, string> => {
    const held = new Map<string, string>();
    for (const subject of [ACCOUNTS, SYMBOLS, FIRM])
      for (const name of subject === FIRM ? [""] : this.core.reader.rowNames(subject))
        for (const [i, kind] of (SETTINGS[subject]! as readonly SettingKind<never>[]).entries()) {
          const setting = this.core.reader.settings(subject, name)!.aim(0, i);
          if (!setting.isSet || kind.isKill === true || kind.isOfFile === true) continue;
          const by = setting.by === "" ? "an operator" : setting.by;
          const value = JSON.stringify(settingValue(kind, setting.value));
          const end = setting.endOf(i);
          const lasts = end === null ? "until it is reset" : `until ${isoText(end.untilUs)}`;
          held.set(
            // A rate stands under the name of its currency.
            pathText(kind.isOfCurrency === true ? tableOf(subject, name) : [...tableOf(subject, name), kind.name]),
            `${by} has set ${value}, which stays ${lasts}`,
          );
        }
    return held;
  };

  /**
   * A restricted list has a place among them, by which accounts and symbols know it: one that is gone would give its place to another. A
   * symbol with another name at a venue waits for that name, which a start takes. An account waits for the list of its client.
   */
  readonly refusal = (change: KeyChange, inForce: ConfigFile, changes: readonly KeyChange[]): string | null => {
    const { keys, before, after } = change;
    if (keys[0] === "risk" && keys[1] === "accounts" && keys.length === 3)
      return clientRefusal(change, inForce, changes);
    const named =
      keys[0] === "symbols" && keys.length === 2 && before === undefined ? nameAtVenue(keys[1], changes) : null;
    if (named !== null)
      return `${named} names it for a venue, and a start takes that: its orders would go there under our name`;
    const isGone = keys[0] === "risk" && keys[1] === "restricted" && keys.length === 3 && after === undefined;
    return isGone ? "a restricted list keeps its place while the gateway runs: give it no symbols instead" : null;
  };

  /** Why there is no room for the names of a configuration, now or at the next start, or null. */
  readonly check = (config: GatewayConfig): string | null => {
    const { spareNames } = config.core;
    const core = this.coreConfigOf(config);
    const accounts = [...core.accounts, ...levelRows(core)];
    const counted = core.traders?.find(({ repeatedExecutions }) => repeatedExecutions !== undefined);
    if (counted !== undefined && !this.core.configured.countsTraders)
      return `${pathText(["risk", "traders", counted.name, "repeatedExecutions"])}: expected none, since the start had no trader and planned no room for their executions: restart`;
    for (const [subject, table] of [
      [ACCOUNTS, accounts],
      [SYMBOLS, core.symbols],
    ] as const) {
      const known = new Set(this.core.reader.rowNames(subject));
      const { taken, all } = this.core.configured.room(subject);
      const news = table.filter(({ name }) => !known.has(name));
      const added = news.length;
      // Clients, sessions and traders are among the accounts.
      const where = pathText(added === 0 ? TABLES[subject]! : tableOf(subject, news.at(-1)!.name).slice(0, -1));
      if (taken + added > all)
        return `${where}: expected at most ${all - taken} new names, for which there is room (core.spareNames), got ${added}: raise core.spareNames and restart`;
      const kept = taken + added - table.length;
      if (kept > spareNames)
        return `${where}: expected at most ${spareNames} names that are no longer configured, for which a start has room (core.spareNames), got ${kept}: raise core.spareNames and restart`;
    }
    return null;
  };

  readonly apply = async (config: GatewayConfig): Promise<string | null> => {
    const problem = await this.change(new ConfiguredChanges(this.core).of(this.coreConfigOf(config)));
    if (problem === null) this.taken(config);
    return problem;
  };

  readonly finish = (config: GatewayConfig): Promise<string | null> =>
    this.change(new ConfiguredChanges(this.core).goneSessions(this.coreConfigOf(config)));

  private coreConfigOf(config: GatewayConfig): CoreConfig {
    return coreConfig(config, this.names.clients, this.names.venues);
  }

  /** Makes all changes, in parts between which orders are decided; where one is refused, it takes those before back. */
  private async change(changes: readonly FileChange[]): Promise<string | null> {
    const done: FileChange[] = [];
    for (const batch of batches(changes)) {
      const outcome = await this.send(batch);
      if (outcome.applied) {
        done.push(...batch);
        continue;
      }
      const undone = await this.undo(done);
      const { subject, name } = batch[outcome.value] ?? batch[0]!;
      return `${pathText(tableOf(subject, name))}: ${outcome.reason}${undone}`;
    }
    return null;
  }

  private send(changes: readonly CoreChange[]): Promise<CommandOutcome> {
    return this.commands.send(configureCommand(changes, BY)!);
  }

  /** Returns  what there is to say about it, or "". */
  private async undo(done: readonly FileChange[]): Promise<string> {
    const back = done.flatMap(({ undo }) => undo).reverse();
    for (const batch of batches(back)) {
      const { applied, reason } = await this.send(batch);
      if (!applied) return `; and what was changed before is in force: ${reason}`;
    }
    return "";
  }
}

/** An account that comes without its client would trade outside that one's limits; one that a client in force has can't be gone. */
function clientRefusal({ keys, before, after }: KeyChange, inForce: ConfigFile, changes: readonly KeyChange[]) {
  const name = String(keys[2]);
  const wanted = before === undefined ? namedByChanges(changes).get(name) : undefined;
  if (wanted !== undefined)
    return `${wanted} names it, and a start takes that: it would trade outside the client's limits`;
  const had = after === undefined ? namedInForce(inForce).get(name) : undefined;
  return had === undefined ? null : `${had} in force names it, and only a start changes that`;
}

/** Where the changes give a symbol a name at a venue, or null. */
function nameAtVenue(symbol: unknown, changes: readonly KeyChange[]): string | null {
  const row = changes.find(({ keys }) => keys[0] === "venues" && keys[2] === "symbols" && keys[3] === symbol);
  return row === undefined ? null : pathText(row.keys.slice(0, 4));
}

/** The table of the configuration that has what an account, a client, a symbol, the firm or a client session is configured with. */
function tableOf(subject: number, name: string): string[] {
  if (subject === FIRM) return [...TABLES[FIRM]!];
  const of = subject === ACCOUNTS ? levelOf(name) : null;
  if (of === null || of.level === "account" || of.level === "firm") return [...TABLES[subject]!, name];
  if (of.level === "currency") return ["risk", "rates", of.name];
  return of.level === "session" ? [...TABLES[SESSIONS]!, of.name] : ["risk", `${of.level}s`, of.name];
}

/** Changes in as few commands as hold them; those of one account or symbol stay together where a command has room for them. */
function batches<Change extends CoreChange>(changes: readonly Change[]): Change[][] {
  const made: Change[][] = [];
  // Rules stay in their order.
  const key = ({ subject, name }: CoreChange): string => (subject === ROUTES ? "rules" : `${subject} ${name}`);
  for (const group of Map.groupBy(changes, key).values()) {
    const last = made.at(-1);
    if (last !== undefined && configureCommand([...last, ...group], BY) !== null) last.push(...group);
    else made.push(...cut(group));
  }
  return made;
}

/** A group of changes in commands that each hold as many of them as there is room for. */
function cut<Change extends CoreChange>(group: readonly Change[]): Change[][] {
  const parts: Change[][] = [[]];
  for (const change of group) {
    const last = parts.at(-1)!;
    if (configureCommand([...last, change], BY) !== null) last.push(change);
    else parts.push([change]);
  }
  return parts;
}
