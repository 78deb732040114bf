import { isoText } from "../../base/time-text.ts";
import { type CommandOutcome, type Commands, unanswered } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../core/assembly/layout.ts";
import { SETTINGS, type SettingKind } from "../../core/risk/settings.ts";
import type { SettingTable } from "../../core/setting-table.ts";
import {
  type ChangeOutcome,
  type ChangesOutcome,
  FIRM_NAME,
  type FirmView,
  type SettingChange,
  type Settings,
  type SettingView,
} from "../../operation/setting.ts";
import { CONTROL_BAD_VALUE, CONTROL_VERSION_DIFFERS } from "../../record/control-codes.ts";
import type { CoreChange } from "../../record/setting-changes.ts";
import type { CoreState } from "./core-state.ts";
import { readSetting, settingValue } from "./setting-values.ts";

/** The number of an account, a symbol or the firm as a subject of settings. */
const SUBJECTS: Readonly<Record<SettingChange["subject"], number>> = { account: ACCOUNTS, symbol: SYMBOLS, firm: FIRM };

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
  ) {}

  change(changes: readonly SettingChange[], by: string): Promise<ChangesOutcome> {
    const result = this.turn.then(() => this.changeNow(changes, by));
    this.turn = result.catch(() => {});
    return result;
  }

  firm(): FirmView {
    const { reader } = this.core;
    const table = reader.settings(FIRM, "")!;
    const { isKilled } = reader.killed;
    return { name: FIRM_NAME, version: versionText(table), isKilled, settings: settingViews(FIRM, table) };
  }

  private async changeNow(changes: readonly SettingChange[], by: string): Promise<ChangesOutcome> {
    const read = changes.map((change) => this.read(change));
    const refusal = read.find((one) => one instanceof Refusal);
    if (refusal !== undefined) return refused(refusal);
    const good = read as readonly { readonly change: CoreChange; readonly outcome: ChangeOutcome }[];
    const command = changeCommand(
      good.map(({ change }) => change),
      by,
    );
    if (command === null || changes.length === 0)
      return refused(new Refusal("too-many", `expected 1 to about 50 changes, got ${changes.length}`));
    const answer = await this.commands.send(command);
    if (!answer.applied) return refused(problemOf(answer, changes));
    const outcomes = good.map(({ outcome }) => outcome);
    return { result: answer.changed ? "applied" : "unchanged", code: "", reason: "", changes: outcomes };
  }

  private read(change: SettingChange): { change: CoreChange; outcome: ChangeOutcome } | Refusal {
    const { subject, setting, value, version } = change;
    const number = SUBJECTS[subject];
    // The core has one firm, without a name.
    const name = subject === "firm" && change.name === FIRM_NAME ? "" : change.name;
    const table = this.core.reader.settings(number, name);
    const where = `${subject} ${change.name}`;
    if (table === null || (subject === "firm" && name !== ""))
      return new Refusal("unknown-name", `expected the name of a known ${subject}, got ${change.name}`);
    const kinds = SETTINGS[number]! as readonly SettingKind<never>[];
    const index = kinds.findIndex((kind) => kind.name === setting && isOperators(kind));
    if (index < 0) return new Refusal("unknown-setting", `${where}: expected ${namesOf(kinds)}, got ${setting}`);
    const current = versionText(table);
    if (version !== undefined && version !== current)
      return new Refusal(
        "version-differs",
        `${where}: expected version ${current}, got ${version}: it was changed meanwhile`,
      );
    const kind = kinds[index]!;
    const before = table.aim(0, index);
    const old = settingValue(kind, before.current);
    const next = value === undefined ? before.fileValue : readSetting(kind, value);
    if (typeof next === "string")
      return new Refusal("out-of-range", `${where}: ${setting}: expected ${next}, got ${JSON.stringify(value)}`);
    const counted = version === undefined ? {} : { version: table.versions };
    return {
      change: { subject: number, name, setting: index, value: value === undefined ? null : next, ...counted },
      outcome: { change, old, new: settingValue(kind, next) },
    };
  }
}

/** True for a setting that operators may set by its name. */
function isOperators({ isKill, isOfFile }: SettingKind<never>): boolean {
  return isKill !== true && isOfFile !== true;
}

function namesOf(kinds: readonly SettingKind<never>[]): string {
  const names = kinds.filter(isOperators).map(({ name }) => name);
  return `one of ${names.join(", ")}`;
}

function refused({ code, reason }: Refusal): ChangesOutcome {
  return { result: "refused", code, reason, changes: [] };
}

function problemOf({ result, reason, value }: CommandOutcome, changes: readonly SettingChange[]): Refusal {
  const { subject, name } = changes[value] ?? changes[0]!;
  if (result === CONTROL_VERSION_DIFFERS)
    return new Refusal("version-differs", `${subject} ${name}: it was changed meanwhile`);
  if (result === CONTROL_BAD_VALUE)
    return new Refusal(
      "out-of-range",
      `${subject} ${name}: expected a reference price of the signs that its prices have, with a collar that ends at prices`,
    );
  return new Refusal(unanswered({ result }) || "refused", `${subject} ${name}: ${reason}`);
}

/** The settings of an account or symbol but its kill switch. */
export function settingViews(subject: number, table: SettingTable): SettingView[] {
  return (SETTINGS[subject]! as readonly SettingKind<never>[]).flatMap((kind, i) => {
    if (kind.isKill === true) return [];
    const { current, fileValue, isSet, by, atUs } = table.aim(0, i);
    return [
      {
        name: kind.name,
        unit: kind.unit,
        value: settingValue(kind, current),
        fileValue: settingValue(kind, fileValue),
        source: isSet ? ("operator" as const) : ("file" as const),
        by: isSet ? by : null,
        at: isSet && atUs > 0 ? isoText(atUs) : null,
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
