import { isoText } from "../../base/time-text.ts";
import type { CommandOutcome, Commands } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../core/assembly/layout.ts";
import { SETTINGS } from "../../core/risk/settings.ts";
import {
  type KillKind,
  type KillScope,
  type KillSwitch,
  type KillView,
  scopeText,
} from "../../operation/kill-switch.ts";
import type { Outcome } from "../../operation/outcome.ts";
import type { CoreState } from "./core-state.ts";

/** Scopes that are settings of the core. A new one is a row. */
const SUBJECTS: Readonly<Partial<Record<KillKind, number>>> = { firm: FIRM, account: ACCOUNTS, symbol: SYMBOLS };

/** The number of the setting that is a subject's kill switch. */
function killSetting(subject: number): number {
  return SETTINGS[subject]!.findIndex(({ isKill }) => isKill === true);
}

/** Kill switches of the firm, of accounts and of symbols. */
export class GatewayKillSwitch implements KillSwitch {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Commands,
  ) {}

  engaged(): readonly KillView[] {
    const { reader } = this.core;
    const scopes: KillScope[] = [
      { kind: "firm", name: "" },
      ...reader.killedNames(ACCOUNTS).map((name): KillScope => ({ kind: "account", name })),
      ...reader.killedNames(SYMBOLS).map((name): KillScope => ({ kind: "symbol", name })),
    ];
    return scopes.flatMap((scope) => this.get(scope) ?? []);
  }

  get(scope: KillScope): KillView | null {
    const { reader } = this.core;
    const subject = SUBJECTS[scope.kind];
    const table = subject === undefined ? null : reader.settings(subject, scope.name);
    if (subject === undefined || table === null) return null;
    const { current, isSet, by, atUs } = table.aim(0, killSetting(subject));
    const { isKilled, sinceUs } = reader.killed;
    const isFirm = scope.kind === "firm";
    const us = isFirm && isKilled ? sinceUs : isSet ? atUs : 0;
    return {
      ...scope,
      scope: scopeText(scope),
      engaged: isFirm ? isKilled : current === 1n,
      by: isSet && by !== "" ? by : null,
      at: us > 0 ? isoText(us) : null,
    };
  }

  async set(scope: KillScope, engaged: boolean, by: string): Promise<Outcome> {
    const subject = SUBJECTS[scope.kind];
    const text = scopeText(scope);
    if (subject === undefined)
      return refused("unknown-scope", `expected a scope of firm, account or symbol, got ${text}`);
    if (this.get(scope) === null)
      return refused("unknown-name", `expected the name of a known ${scope.kind}, got ${text}`);
    const change = { subject, name: scope.name, setting: killSetting(subject), value: engaged ? 1n : 0n };
    return answered(await this.commands.send(changeCommand([change], by)!));
  }
}

function answered({ applied, changed, result, reason }: CommandOutcome): Outcome {
  if (applied) return { result: changed ? "applied" : "unchanged", code: "", reason: "" };
  return refused(result === 0 ? "not-answered" : "refused", reason);
}

function refused(code: string, reason: string): Outcome {
  return { result: "refused", code, reason };
}
