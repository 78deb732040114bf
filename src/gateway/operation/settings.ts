import type { ActionQuestion } from "../../audit/action.ts";
import { isoText } from "../../base/time-text.ts";
import type { TradingDay } from "../../config/core.ts";
import type { Command } from "../../control/command-ring.ts";
import { type CommandOutcome, type Commands, unanswered } from "../../control/commands.ts";
import { changeCommand, changeUntilCommand, endCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../core/assembly/layout.ts";
import { MOST_TEMPORARIES } from "../../core/assembly/temporary-layout.ts";
import { FIRM_ROW, LEVEL_SETTINGS, levelOf, NO_LIMITS, rowOf } from "../../core/level-rows.ts";
import type { SettingKind } from "../../core/risk/setting-kind.ts";
import { SETTINGS } from "../../core/risk/settings.ts";
import type { SettingTable } from "../../core/setting-table.ts";
import type { TemporaryState } from "../../core/temporaries.ts";
import {
  type ChangeEnd,
  type ChangeOutcome,
  type ChangesOutcome,
  FIRM_NAME,
  type FirmView,
  type SettingChange,
  type Settings,
  type SettingValue,
  type SettingView,
  type TemporaryView,
} from "../../operation/setting.ts";
import { CONTROL_BAD_VALUE, CONTROL_TABLE_FULL, CONTROL_VERSION_DIFFERS } from "../../record/control-codes.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import type { CoreState } from "./core-state.ts";
import { firmMessageUses } from "./firm-message-uses.ts";
import type { KillReasons } from "./kill-reasons.ts";
import { levelViewOf } from "./level-view.ts";
import { useTime } from "./limit-use.ts";
import { readSetting, settingValue } from "./setting-values.ts";

/** The number of a subject of settings. Clients, client sessions, traders and currencies are rows among the accounts. */
const SUBJECTS: Readonly<Record<SettingChange["subject"], number>> = {
  account: ACCOUNTS,
  client: ACCOUNTS,
  session: ACCOUNTS,
  trader: ACCOUNTS,
  currency: ACCOUNTS,
  symbol: SYMBOLS,
  firm: FIRM,
};

/** A refused change. */
class Refusal {
  constructor(
    readonly code: string,
    readonly reason: string,
  ) {}
}

/** Changes settings by commands to the core, one batch after the other. */
export class GatewaySettings implements Settings {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly core: CoreState,
    private readonly commands: Commands,
    private readonly tradingDay: TradingDay,
    private readonly reasons: KillReasons,
  ) {}

  change(changes: readonly SettingChange[], by: string, end?: ChangeEnd, why = ""): Promise<ChangesOutcome> {
    const result = this.turn.then(async () => {
      const outcome = await this.changeNow(changes, by, end);
      if (outcome.result === "applied" && typeof end === "object" && why !== "") this.note(changes, why);
      return outcome;
    });
    this.turn = result.catch(() => {});
    return result;
  }

  firm(): FirmView {
    const { reader } = this.core;
    const table = reader.settings(FIRM, "")!;
    const { isKilled } = reader.killed;
    const level = levelViewOf(
      reader.account(FIRM_ROW)!,
      useTime(Date.now(), this.tradingDay),
      firmMessageUses(reader.area, 1_000 * Date.now()).map((use) => ({ ...use, unit: "count" as const })),
      reader.limitCurrency,
    );
    return { name: FIRM_NAME, version: versionText(table), isKilled, settings: settingViews(FIRM, table), ...level };
  }

  temporary(): TemporaryView[] {
    const { reader } = this.core;
    const states = reader.temporaries().sort((one, other) => one.untilUs - other.untilUs);
    return states.flatMap(({ subject, name, setting }): TemporaryView[] => {
      const table = reader.settings(subject, name);
      const of = subject === ACCOUNTS ? levelOf(name) : subject === FIRM ? FIRM_OF : { level: "symbol" as const, name };
      const kind = SETTINGS[subject]![setting]!.name;
      const views = table === null ? [] : settingViews(subject, table, of.level in LEVEL_SETTINGS);
      const view = views.find((one) => one.name === kind);
      // It may have ended meanwhile.
      if (view === undefined || view.until === null) return [];
      const { fileValue, source, ...shown } = view;
      const { by, atUs } = table!.aim(0, setting);
      const key = `${of.level} ${of.name} ${kind}`;
      const why = this.reasons.ofSetting(key, by, atUs, actionsAbout(of.level, of.name));
      return [{ subject: of.level, of: of.name, ...shown, why }];
    });
  }

  /** Keeps the reason of values that the core has taken. */
  private note(changes: readonly SettingChange[], why: string): void {
    for (const change of changes) {
      const subject = SUBJECTS[change.subject];
      const table = this.core.reader.settings(subject, nameOf(change) ?? "");
      const index = SETTINGS[subject]!.findIndex(({ name }) => name === change.setting);
      const key = `${change.subject} ${change.name} ${change.setting}`;
      if (table !== null) this.reasons.noteSetting(key, table.aim(0, index).atUs, why);
    }
  }

  private async changeNow(changes: readonly SettingChange[], by: string, end?: ChangeEnd): Promise<ChangesOutcome> {
    const read = changes.map((change) => this.read(change, end));
    const refusal = read.find((one) => one instanceof Refusal);
    if (refusal !== undefined) return refused(refusal);
    const good = read as readonly { readonly change: CoreChange; readonly outcome: ChangeOutcome }[];
    const command = commandOf(
      good.map(({ change }) => change),
      by,
      end,
    );
    if (command === null || changes.length === 0)
      return refused(new Refusal("too-many", `expected 1 to about 50 changes, got ${changes.length}`));
    const answer = await this.commands.send(command);
    if (!answer.applied) return refused(problemOf(answer, changes, end));
    const outcomes = good.map(({ outcome }) => outcome);
    return { result: answer.changed ? "applied" : "unchanged", code: "", reason: "", changes: outcomes };
  }

  private read(
    change: SettingChange,
    end: ChangeEnd | undefined,
  ): { change: CoreChange; outcome: ChangeOutcome } | Refusal {
    const { subject, setting, value, version } = change;
    const number = SUBJECTS[subject];
    const row = nameOf(change);
    const table = row === null ? null : this.core.reader.settings(number, row);
    const where = `${subject} ${change.name}`;
    if (row === null || table === null)
      return new Refusal("unknown-name", `expected the name of a known ${subject}, got ${change.name}`);
    const kinds = SETTINGS[number]! as readonly SettingKind<never>[];
    const names = settingNames(subject, kinds);
    const index = names.includes(setting) ? kinds.findIndex((kind) => kind.name === setting) : -1;
    if (index < 0)
      return new Refusal("unknown-setting", `${where}: expected one of ${names.join(", ")}, got ${setting}`);
    const current = versionText(table);
    if (version !== undefined && version !== current)
      return new Refusal(
        "version-differs",
        `${where}: expected version ${current}, got ${version}: it was changed meanwhile`,
      );
    const kind = kinds[index]!;
    const before = table.aim(0, index);
    const old = shownValue(kind, before.current, isRow(subject));
    const temporary = table.endOf(index);
    if (end === "now" && temporary === null)
      return new Refusal(
        "not-temporary",
        `${where}: ${setting}: expected a temporary value, which can end, got one without an end`,
      );
    if (end !== undefined && end !== "now" && ENDLESS.includes(setting))
      return new Refusal(
        "out-of-range",
        `${where}: ${setting}: expected a limit for a temporary value, got what has no end`,
      );
    const beneath = end === "now" ? (temporary?.beneath?.value ?? null) : null;
    const wanted = value === undefined ? before.fileValue : readLimit(subject, kind, value);
    const next = end === "now" ? (beneath ?? before.fileValue) : wanted;
    if (typeof next === "string")
      return new Refusal("out-of-range", `${where}: ${setting}: expected ${next}, got ${JSON.stringify(value)}`);
    const counted = version === undefined ? {} : { version: table.versions };
    return {
      change: {
        ...{ subject: number, name: row, setting: index },
        value: end === "now" ? beneath : value === undefined ? null : next,
        ...counted,
      },
      outcome: { change, old, new: shownValue(kind, next, isRow(subject)), ...timesOf(temporary, end) },
    };
  }
}

/** Actions that change a setting: of one subject, or of many. */
function actionsAbout(level: string, name: string): ActionQuestion["about"] {
  const one = level === "session" ? "session-limits" : level;
  return [
    { action: `${one}.change`, target: name },
    { action: "limits.change", target: `${level} ${name}` },
  ];
}

const FIRM_OF = { level: "firm", name: FIRM_NAME } as const;
/** Settings that hold until somebody changes them. */
const ENDLESS = ["stopped", "referencePrice"];

function commandOf(changes: readonly CoreChange[], by: string, end: ChangeEnd | undefined): Command | null {
  if (end === undefined) return changeCommand(changes, by);
  return end === "now" ? endCommand(changes, by) : changeUntilCommand(changes, by, end.untilUs);
}

function timesOf(temporary: TemporaryState | null, end: ChangeEnd | undefined) {
  if (end !== undefined) return end === "now" ? {} : { until: isoText(end.untilUs) };
  return temporary === null ? {} : { endsTemporary: isoText(temporary.untilUs) };
}

/** What the core calls it; null: there is no such name. The core has one firm, without a name. */
function nameOf({ subject, name }: SettingChange): string | null {
  if (subject === "firm") return name === FIRM_NAME ? "" : null;
  if (isRow(subject)) return rowOf(subject, name);
  return subject === "account" && levelOf(name).level !== "account" ? null : name;
}

function isRow(subject: SettingChange["subject"]): subject is keyof typeof LEVEL_SETTINGS {
  return subject in LEVEL_SETTINGS;
}

/** Levels beside accounts need no limits. */
function readLimit(subject: SettingChange["subject"], kind: SettingKind<never>, value: unknown): bigint | string {
  const none = isRow(subject) ? NO_LIMITS[kind.name] : undefined;
  return none !== undefined && value === "none" ? none : readSetting(kind, value);
}

/** A value as JSON has it; `isLevel`: what stands for no limit is null. */
function shownValue(kind: SettingKind<never>, value: bigint, isLevel: boolean): SettingValue {
  return isLevel && value === NO_LIMITS[kind.name] ? null : settingValue(kind, value);
}

/** Settings that operators may set by name. */
function settingNames(subject: SettingChange["subject"], kinds: readonly SettingKind<never>[]): readonly string[] {
  if (isRow(subject)) return LEVEL_SETTINGS[subject];
  return kinds
    .filter(({ isKill, isOfFile, isOfCurrency }) => isKill !== true && isOfFile !== true && isOfCurrency !== true)
    .map(({ name }) => name);
}

function refused({ code, reason }: Refusal): ChangesOutcome {
  return { result: "refused", code, reason, changes: [] };
}

function problemOf(
  { result, reason, value }: CommandOutcome,
  changes: readonly SettingChange[],
  end: ChangeEnd | undefined,
): Refusal {
  const { subject, name } = changes[value] ?? changes[0]!;
  if (result === CONTROL_TABLE_FULL)
    return new Refusal(
      "table-full",
      `${subject} ${name}: expected at most ${MOST_TEMPORARIES} temporary values at a time, and there is no room for these`,
    );
  if (result === CONTROL_BAD_VALUE && end !== undefined && end !== "now" && end.untilUs <= 1_000 * Date.now())
    return new Refusal(
      "out-of-range",
      `${subject} ${name}: expected an end in the future, got ${isoText(end.untilUs)}`,
    );
  if (result === CONTROL_VERSION_DIFFERS)
    return new Refusal("version-differs", `${subject} ${name}: it was changed meanwhile`);
  if (result === CONTROL_BAD_VALUE)
    return new Refusal(
      "out-of-range",
      `${subject} ${name}: expected a reference price of the signs that its prices have, with a collar that ends at prices`,
    );
  return new Refusal(unanswered({ result }) || "refused", `${subject} ${name}: ${reason}`);
}

/** The settings of an account or symbol but its kill switch. `isLevel`: of a client, a client session or a trader. */
export function settingViews(subject: number, table: SettingTable, isLevel = false): SettingView[] {
  return (SETTINGS[subject]! as readonly SettingKind<never>[]).flatMap((kind, i) => {
    if (kind.isKill === true || (kind.isOfCurrency === true && !isLevel)) return [];
    const { current, fileValue, isSet, by, atUs } = table.aim(0, i);
    const end = table.endOf(i);
    const afterwards = end === null ? null : shownValue(kind, end.beneath?.value ?? fileValue, isLevel);
    return [
      {
        name: kind.name,
        unit: kind.unit,
        value: shownValue(kind, current, isLevel),
        fileValue: shownValue(kind, fileValue, isLevel),
        source: isSet ? ("operator" as const) : ("file" as const),
        by: isSet ? by : null,
        at: isSet && atUs > 0 ? isoText(atUs) : null,
        until: end === null ? null : isoText(end.untilUs),
        afterwards,
      },
    ];
  });
}

/** Another text after each change, by an operator or in the file. */
export function versionText(table: SettingTable): string {
  const values = Array.from({ length: table.count }, (_, i) => table.aim(0, i).current);
  const hash = Bun.hash.crc32(values.join()).toString(16).padStart(8, "0");
  return `${table.versions}-${hash}`;
}
