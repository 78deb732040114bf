import { ACCOUNTS, SESSIONS, SYMBOLS } from "../../src/core/assembly/layout.ts";
import type { AccountLimits, ClientSession, CoreConfig, SymbolTerms } from "../../src/core/config.ts";
import type { Core } from "../../src/core/core.ts";
import type { SettingKind } from "../../src/core/risk/setting-kind.ts";
import { ACCOUNT_SETTINGS, SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import {
  STRUCTURE_ADD,
  STRUCTURE_GRANT,
  STRUCTURE_RETIRE,
  STRUCTURE_REVOKE,
  STRUCTURE_VENUE_SHIFT,
} from "../../src/record/control-codes.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { price, units } from "../numbers.ts";

/** One step of a reload: something is configured from then on (`on`), or no longer. */
export type ConfigureStep =
  | { readonly what: "account"; readonly name: string; readonly on: boolean }
  | { readonly what: "symbol"; readonly name: string; readonly on: boolean; readonly venue: number }
  | { readonly what: "grant"; readonly session: number; readonly name: string; readonly on: boolean }
  | { readonly what: "session"; readonly session: number; readonly on: boolean };

const ACCOUNT: Omit<AccountLimits, "name"> = {
  enabled: true,
  maxOrderQtyE8: units(300),
  maxOrderNotionalE4: 1_000_000_000_000n,
  maxOpenOrders: 3,
  ordersPerSecond: 5,
};
const SYMBOL: Omit<SymbolTerms, "name" | "venue"> = {
  enabled: true,
  referencePriceE8: price(100_00000000),
  collarPpm: 50_000,
};

/** What is configured, as reloads leave it. Names that are gone keep their terms: their orders are valued by them. */
export class ModelConfigured {
  readonly config: CoreConfig;
  private accounts: AccountLimits[];
  private symbols: SymbolTerms[];
  private gone = new Set<string>();
  private granted: Set<string>;
  private known: Set<number>;

  constructor(config: CoreConfig) {
    this.accounts = [...config.accounts];
    this.symbols = [...config.symbols];
    this.granted = new Set(config.sessions.flatMap(({ id, accounts }) => accounts.map((name) => `${id}/${name}`)));
    this.known = new Set(config.sessions.map(({ id }) => id));
    this.config = { ...config, accounts: this.accounts, symbols: this.symbols };
  }

  /** Limits and traders of a session. */
  sessionOf(session: number): ClientSession | undefined {
    return this.config.sessions.find(({ id }) => id === session);
  }

  knows(session: number): boolean {
    return this.known.has(session);
  }

  allows(session: number, account: string): boolean {
    return this.granted.has(`${session}/${account}`);
  }

  isGone(subject: "account" | "symbol", name: string): boolean {
    return this.gone.has(`${subject}/${name}`);
  }

  /** All steps, or none; returns whether. */
  take(steps: readonly ConfigureStep[]): boolean {
    const before = [[...this.accounts], [...this.symbols], this.gone, this.granted, this.known] as const;
    [this.gone, this.granted, this.known] = [new Set(this.gone), new Set(this.granted), new Set(this.known)];
    if (sorted(steps).every((step) => this.takeOne(step))) return true;
    this.accounts.splice(0, Number.POSITIVE_INFINITY, ...before[0]);
    this.symbols.splice(0, Number.POSITIVE_INFINITY, ...before[1]);
    [, , this.gone, this.granted, this.known] = before;
    return false;
  }

  private takeOne(step: ConfigureStep): boolean {
    if (step.what === "session") {
      if (step.on) this.known.add(step.session);
      else this.known.delete(step.session);
      return true;
    }
    if (step.what === "grant") {
      if (step.session >= this.config.sessionIds || !this.accounts.some(({ name }) => name === step.name)) return false;
      const key = `${step.session}/${step.name}`;
      if (step.on) this.granted.add(key);
      else this.granted.delete(key);
      return true;
    }
    const key = `${step.what}/${step.name}`;
    const list: { name: string }[] = step.what === "account" ? this.accounts : this.symbols;
    const place = list.findIndex(({ name }) => name === step.name);
    if (!step.on) {
      if (place < 0) return false;
      this.gone.add(key);
      if (step.what === "account")
        this.granted = new Set([...this.granted].filter((grant) => !grant.endsWith(`/${step.name}`)));
      return true;
    }
    this.gone.delete(key);
    if (step.what === "account") {
      if (place < 0) this.accounts.push({ ...ACCOUNT, name: step.name });
      return true;
    }
    const venue = this.config.venues.find(({ id }) => id === step.venue);
    if (venue === undefined) return false;
    if (place < 0) this.symbols.push({ ...SYMBOL, name: step.name, venue: venue.name });
    else this.symbols[place] = { ...this.symbols[place]!, venue: venue.name };
    return true;
  }
}

/** The same as a command to the core; a name that it does not know has its settings beside it. */
export function changesOfSteps(core: Core, steps: readonly ConfigureStep[]): CoreChange[] {
  const reader = new StateReader(core.area.buffer, core.area.at);
  const seen = new Set([...reader.names(ACCOUNTS), ...reader.names(SYMBOLS)]);
  return sorted(steps).flatMap((step): CoreChange[] => {
    if (step.what === "session") {
      const setting = step.on ? STRUCTURE_ADD : STRUCTURE_RETIRE;
      const name = `S${step.session}`;
      return [{ subject: SESSIONS, name, setting, value: BigInt(step.session), isStructure: true }];
    }
    if (step.what === "grant") {
      const setting = step.on ? STRUCTURE_GRANT : STRUCTURE_REVOKE;
      return [{ subject: ACCOUNTS, name: step.name, setting, value: BigInt(step.session), isStructure: true }];
    }
    const subject = step.what === "account" ? ACCOUNTS : SYMBOLS;
    const about = { subject, name: step.name };
    if (!step.on) return [{ ...about, setting: STRUCTURE_RETIRE, value: 0n, isStructure: true }];
    const isNew = !seen.has(step.name);
    seen.add(step.name);
    if (step.what === "account")
      return [
        { ...about, setting: STRUCTURE_ADD, value: 0n, isStructure: true },
        ...(isNew ? settingsOf(ACCOUNTS, ACCOUNT_SETTINGS, { ...ACCOUNT, name: step.name }) : []),
      ];
    const configured = core.config.symbols.find(({ name }) => name === step.name);
    const { prices = "above-zero", quantityDecimals = 0 } = configured ?? {};
    const signs = ["above-zero", "zero-or-above", "any"].indexOf(prices);
    const version = signs | ((step.venue + 1) << STRUCTURE_VENUE_SHIFT);
    const value = 10n ** BigInt(8 - quantityDecimals);
    return [
      { ...about, setting: STRUCTURE_ADD, value, version, isStructure: true },
      ...(isNew ? settingsOf(SYMBOLS, SYMBOL_SETTINGS, { ...SYMBOL, name: step.name, venue: null }) : []),
    ];
  });
}

function settingsOf<File extends { readonly name: string }>(
  subject: number,
  kinds: readonly SettingKind<File>[],
  file: File,
): CoreChange[] {
  return kinds.flatMap(({ ofFile }, setting) => {
    const value = ofFile(file);
    return value === 0n ? [] : [{ subject, name: file.name, setting, value, inFile: true as const }];
  });
}

/** As a reload orders them: what is about one name stands together. */
function sorted(steps: readonly ConfigureStep[]): ConfigureStep[] {
  const keyOf = (step: ConfigureStep): string =>
    step.what === "session" ? "session" : step.what === "symbol" ? `symbol ${step.name}` : `account ${step.name}`;
  return [...Map.groupBy(steps, keyOf).values()].flat();
}
