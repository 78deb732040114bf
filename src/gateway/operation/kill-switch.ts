import { isoText } from "../../base/time-text.ts";
import type { Commands } from "../../control/commands.ts";
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
import type { Counterparty, SessionCommands } from "../../operation/session-commands.ts";
import type { CoreState } from "./core-state.ts";
import { answered, refused } from "./outcome.ts";

/** Scopes that are settings of the core; of the others the trading state says it. A new one is a row. */
const SUBJECTS: Readonly<Partial<Record<KillKind, number>>> = { firm: FIRM, account: ACCOUNTS, symbol: SYMBOLS };

/** The number of the setting that is a subject's kill switch. */
function killSetting(subject: number): number {
  return SETTINGS[subject]!.findIndex(({ isKill }) => isKill === true);
}

/** Client sessions and venues, whose kill switch is their trading state. */
export interface Counterparties {
  readonly session: () => readonly string[];
  readonly venue: () => readonly string[];
}

/** Kill switches of the firm, accounts, symbols, client sessions and venues. */
export class GatewayKillSwitch implements KillSwitch {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Commands,
    private readonly trading: Pick<SessionCommands, "tradingState" | "setTradingState">,
    private readonly counterparties: Counterparties,
    /** Called when the firm's is to be engaged. */
    private readonly engagesFirm: () => void = () => {},
  ) {}

  engaged(): readonly KillView[] {
    const { reader } = this.core;
    const scopes: KillScope[] = [
      { kind: "firm", name: "" },
      ...reader.killedNames(ACCOUNTS).map((name): KillScope => ({ kind: "account", name })),
      ...reader.killedNames(SYMBOLS).map((name): KillScope => ({ kind: "symbol", name })),
      ...this.stopped("session"),
      ...this.stopped("venue"),
    ];
    return scopes.flatMap((scope) => this.get(scope) ?? []);
  }

  get(scope: KillScope): KillView | null {
    const { reader } = this.core;
    const { kind, name } = scope;
    if (kind === "session" || kind === "venue") {
      const state = this.trading.tradingState({ kind, name });
      return state === null ? null : { ...scope, scope: scopeText(scope), engaged: state !== "on", by: null, at: null };
    }
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
    const { kind, name } = scope;
    if (kind === "session" || kind === "venue") return this.setTrading({ kind, name }, engaged);
    if (subject === undefined || this.get(scope) === null)
      return refused("unknown-name", `expected the name of a known ${scope.kind}, got ${text}`);
    if (scope.kind === "firm" && engaged) this.engagesFirm();
    const change = { subject, name: scope.name, setting: killSetting(subject), value: engaged ? 1n : 0n };
    return answered(await this.commands.send(changeCommand([change], by)!));
  }

  /** Cancel-only is what an engaged kill switch is; one that is off stays off. */
  private async setTrading(of: Counterparty, engaged: boolean): Promise<Outcome> {
    const state = this.trading.tradingState(of);
    if (state === null) return refused("unknown-name", `expected the name of a known ${of.kind}, got ${of.name}`);
    if (engaged === (state !== "on")) return { result: "unchanged", code: "", reason: "" };
    if (state === "off")
      return refused(
        "switched-off",
        `${of.kind} ${of.name}: expected cancel-only, got off: it is switched on by its state`,
      );
    return this.trading.setTradingState(of, engaged ? "cancel-only" : "on");
  }

  private stopped(kind: "session" | "venue"): KillScope[] {
    const names = this.counterparties[kind]().filter((name) => this.trading.tradingState({ kind, name }) !== "on");
    return names.map((name) => ({ kind, name }));
  }
}
