import type { Log } from "../../base/log.ts";
import { isoText } from "../../base/time-text.ts";
import { ACCOUNTS, FIRM } from "../../core/assembly/layout.ts";
import { levelOf } from "../../core/level-rows.ts";
import type { SettingKind } from "../../core/risk/setting-kind.ts";
import { SETTINGS } from "../../core/risk/settings.ts";
import type { StateReader } from "../../core/state-reader.ts";
import { settingValue } from "./setting-values.ts";

/** Settings in the log of a start; the rest are counted. */
const LISTED = 50;

/** Logs what operators have set and what still holds over the file, with who and when. */
export function logSettings(reader: StateReader, log: Log): void {
  const lines: { readonly isKill: boolean; readonly text: string }[] = [];
  for (const { subject, name, setting } of reader.changedSettings()) {
    const kind = (SETTINGS[subject]! as readonly SettingKind<never>[])[setting]!;
    const table = reader.settings(subject, name)!.aim(0, setting);
    const { isSet, current, fileValue, by, atUs } = table;
    const end = table.endOf(setting);
    const isFirm = subject === FIRM;
    if (!isSet || kind.isOfFile === true || (kind.isKill === true && (isFirm || current === 0n))) continue;
    const { level, name: of } = subject === ACCOUNTS ? levelOf(name) : { level: "symbol", name };
    const whose = isFirm ? "the firm" : `${level} ${of}`;
    const who = `set by ${by === "" ? "an operator" : by}${atUs > 0 ? ` at ${isoText(atUs)}` : ""}`;
    const value = (one: bigint): string => String(settingValue(kind, one) ?? "none");
    const text =
      kind.isKill === true
        ? `the kill switch of ${whose} is engaged, ${who}`
        : `${kind.name} of ${whose} is ${value(current)}, ${who}${end === null ? "" : ` until ${isoText(end.untilUs)}`}; the file says ${value(fileValue)}`;
    lines.push({ isKill: kind.isKill === true, text });
  }
  for (const { isKill, text } of lines.slice(0, LISTED)) {
    if (isKill) log.warning(text);
    else log.info(text);
  }
  if (lines.length > LISTED)
    log.info(`and ${lines.length - LISTED} more settings of operators: GET /v1/accounts, /v1/symbols and /v1/firm`);
}
