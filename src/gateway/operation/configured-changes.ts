import { ACCOUNTS, FIRM, ROUTES, SESSIONS, SYMBOLS } from "../../core/assembly/layout.ts";
import type { ClientSession, CoreConfig } from "../../core/config.ts";
import { formOf, type SymbolForm } from "../../core/configure.ts";
import { levelOf, levelRows, rowOf } from "../../core/level-rows.ts";
import type { SettingKind } from "../../core/risk/setting-kind.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS } from "../../core/risk/settings.ts";
import { type RoutePart, routeDigest, routeParts } from "../../core/routing-rules.ts";
import { FIRM_NAME } from "../../operation/setting.ts";
import {
  ROUTE_BACK,
  ROUTE_USE,
  STRUCTURE_ADD,
  STRUCTURE_GRANT,
  STRUCTURE_RETIRE,
  STRUCTURE_REVOKE,
  STRUCTURE_VENUE_SHIFT,
} from "../../record/control-codes.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import type { CoreState } from "./core-state.ts";

/** A change, and what takes it back. */
export interface FileChange extends CoreChange {
  readonly undo: readonly CoreChange[];
}

interface Named {
  readonly name: string;
}

/** What a configuration has otherwise than a running core. */
export class ConfiguredChanges {
  constructor(private readonly core: CoreState) {}

  /** In an order in which every step is sound: what is new first, then who may use what, and last what is gone, except client sessions. */
  of(config: CoreConfig): FileChange[] {
    const accounts = new Set(this.core.configured.names(ACCOUNTS));
    const symbols = new Set(this.core.configured.names(SYMBOLS));
    return [
      ...this.settings(FIRM, FIRM_SETTINGS, { ...config, name: FIRM_NAME }),
      ...config.accounts.flatMap((account) => [
        ...(accounts.has(account.name) ? [] : [added(ACCOUNTS, account.name, 0n)]),
        ...this.settings(ACCOUNTS, ACCOUNT_SETTINGS, account),
      ]),
      // A start has made the rows of clients; that of a new session comes before it.
      ...levelRows(config).flatMap((row) => [
        ...(accounts.has(row.name) ? [] : [added(ACCOUNTS, row.name, 0n)]),
        ...this.settings(ACCOUNTS, ACCOUNT_SETTINGS, row),
      ]),
      ...config.symbols.flatMap((symbol) => [
        ...this.form(symbol.name, symbols.has(symbol.name), formOf(config, symbol)),
        ...this.settings(SYMBOLS, SYMBOL_SETTINGS, symbol),
      ]),
      ...this.newSessions(config.sessions),
      ...this.entitlements(config.sessions),
      ...this.rules(config),
      ...this.retiredAccounts(accounts, config),
      ...this.retiredSymbols(symbols, config.symbols),
    ];
  }

  private settings<File extends Named>(subject: number, kinds: readonly SettingKind<File>[], file: File): FileChange[] {
    const table = this.core.reader.settings(subject, file.name);
    return kinds.flatMap(({ ofFile, isKill }, setting): FileChange[] => {
      if (isKill === true) return [];
      const value = ofFile(file);
      // A new name has zeros.
      const before = table === null ? 0n : table.aim(0, setting).fileValue;
      if (value === before) return [];
      const change = { subject, name: file.name, setting, inFile: true } as const;
      // What is taken back of a new name is that it is configured.
      return [{ ...change, value, undo: table === null ? [] : [{ ...change, value: before }] }];
    });
  }

  /** Adds a symbol, or gives it another form or route. */
  private form(name: string, isConfigured: boolean, form: SymbolForm): FileChange[] {
    if (!isConfigured) return [{ ...formed(name, form), undo: [gone(SYMBOLS, name)] }];
    const before = this.core.configured.formOf(name)!;
    const { signs, step, venue } = before;
    if (signs === form.signs && step === form.step && venue === form.venue) return [];
    return [{ ...formed(name, form), undo: [formed(name, before)] }];
  }

  /** The core takes a retired account or trader from all its sessions. Those that are in the file have it taken by changes of their own. */
  private retiredAccounts(
    configured: ReadonlySet<string>,
    { accounts, sessions, traders = [] }: CoreConfig,
  ): FileChange[] {
    const own = new Set([...configured].filter((name) => ["account", "trader"].includes(levelOf(name).level)));
    const wanted = [...accounts, ...traders.map(({ name }) => ({ name: rowOf("trader", name) }))];
    const changes = retired(ACCOUNTS, own, wanted);
    if (changes.length === 0) return [];
    const names = this.core.reader.rowNames(ACCOUNTS);
    const inFile = new Set(sessions.map(({ id }) => id));
    const others = this.core.configured.sessions().filter((id) => !inFile.has(id));
    const had = others.map((id) => ({ id, accounts: new Set(this.core.configured.accountsOf(id, names)) }));
    return changes.map(({ undo, ...change }) => {
      const grants = had.filter(({ accounts }) => accounts.has(change.name)).map(({ id }) => granted(change.name, id));
      // What takes back is done from its end on.
      return { ...change, undo: [...grants, ...undo] };
    });
  }

  private retiredSymbols(configured: ReadonlySet<string>, wanted: readonly Named[]): FileChange[] {
    return retired(SYMBOLS, configured, wanted).map((change) => ({
      ...change,
      undo: [formed(change.name, this.core.configured.formOf(change.name)!)],
    }));
  }

  /** All routing rules, where they are others than those in force: they are in force at once with the last of these changes. */
  private rules(config: CoreConfig): FileChange[] {
    const parts = routeParts(config);
    if (routeDigest(parts) === this.core.configured.routingDigest()) return [];
    return parts.map((part) => ({ ...ruleChange(part), undo: part.what === ROUTE_USE ? [RULES_BACK] : [] }));
  }

  /** Client sessions that are gone: once their agents have logged them out, so that what came from them before is answered. */
  goneSessions({ sessions }: Pick<CoreConfig, "sessions">): FileChange[] {
    const wanted = new Set(sessions.map(({ id }) => id));
    return this.core.configured
      .sessions()
      .filter((id) => !wanted.has(id))
      .map((id) => {
        const name = this.core.sessionName(id);
        return { ...gone(SESSIONS, name, BigInt(id)), undo: [added(SESSIONS, name, BigInt(id))] };
      });
  }

  private newSessions(sessions: readonly ClientSession[]): FileChange[] {
    const known = new Set(this.core.configured.sessions());
    return sessions
      .filter(({ id }) => !known.has(id))
      .map(({ id }) => added(SESSIONS, this.core.sessionName(id), BigInt(id)));
  }

  /** Which accounts and traders sessions may use, by row. */
  private entitlements(sessions: readonly ClientSession[]): FileChange[] {
    const names = this.core.reader.rowNames(ACCOUNTS);
    const changes = sessions.flatMap(({ id, accounts: own, traders = [] }) => {
      const before = new Set(this.core.configured.accountsOf(id, names));
      const accounts = [...own, ...traders.map((trader) => rowOf("trader", trader))];
      const wanted = new Set(accounts);
      const one = (name: string, setting: number): CoreChange => ({
        ...{ subject: ACCOUNTS, name, setting, value: BigInt(id), isStructure: true },
      });
      return [
        ...accounts
          .filter((name) => !before.has(name))
          .map((name) => ({ ...one(name, STRUCTURE_GRANT), undo: [one(name, STRUCTURE_REVOKE)] })),
        ...[...before]
          .filter((name) => !wanted.has(name))
          .map((name) => ({ ...one(name, STRUCTURE_REVOKE), undo: [one(name, STRUCTURE_GRANT)] })),
      ];
    });
    return changes;
  }
}

const RULES_BACK: CoreChange = { subject: ROUTES, name: "rules", setting: ROUTE_BACK, value: 0n, isStructure: true };

/** A part without a text has the rule's place for its name, for those who read the journal. */
function ruleChange({ what, rule, value, text }: RoutePart): CoreChange {
  const name = text !== "" ? text : rule < 0 ? "rules" : `rules[${rule}]`;
  return { subject: ROUTES, name, setting: what, value, version: rule, isStructure: true };
}

function granted(name: string, session: number): CoreChange {
  return { subject: ACCOUNTS, name, setting: STRUCTURE_GRANT, value: BigInt(session), isStructure: true };
}

function added(subject: number, name: string, value: bigint): FileChange {
  const change = { subject, name, setting: STRUCTURE_ADD, value, isStructure: true } as const;
  return { ...change, undo: [gone(subject, name, value)] };
}

function gone(subject: number, name: string, value = 0n): CoreChange {
  return { subject, name, setting: STRUCTURE_RETIRE, value, isStructure: true };
}

function formed(name: string, { signs, step, venue }: SymbolForm): CoreChange {
  const version = signs | ((venue + 1) << STRUCTURE_VENUE_SHIFT);
  return { subject: SYMBOLS, name, setting: STRUCTURE_ADD, value: step, version, isStructure: true };
}

/** Names that are no longer wanted. */
function retired(subject: number, configured: ReadonlySet<string>, wanted: readonly Named[]): FileChange[] {
  const names = new Set(wanted.map(({ name }) => name));
  return [...configured]
    .filter((name) => !names.has(name))
    .map((name) => ({ ...gone(subject, name), undo: [added(subject, name, 0n)] }));
}
