import { isoText } from "../../base/time-text.ts";
import type { Commands } from "../../control/commands.ts";
import { changeCommand } from "../../control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../core/assembly/layout.ts";
import { levelOf, rowOf } from "../../core/level-rows.ts";
import { SETTINGS } from "../../core/risk/settings.ts";
import {
  type KillKind,
  type KillOutcome,
  type KillScope,
  type KillSwitch,
  type KillView,
  scopeText,
} from "../../operation/kill-switch.ts";
import type { Asked, Outcome } from "../../operation/outcome.ts";
import type { Counterparty, SessionCommands } from "../../operation/session-commands.ts";
import type { CoreState } from "./core-state.ts";
import type { KillCancels } from "./kill-cancels.ts";
import type { KillReasons } from "./kill-reasons.ts";
import { answered, refused } from "./outcome.ts";

/** Who engages the firm's where the configuration does, and why. */
const BY_FILE = { by: "configuration", why: "risk.kill" } as const;

/** Scopes that are settings of the core; of the others the trading state says it. A new one is a row. */
const SUBJECTS: Readonly<Partial<Record<KillKind, number>>> = {
  firm: FIRM,
  client: ACCOUNTS,
  account: ACCOUNTS,
  trader: ACCOUNTS,
  symbol: SYMBOLS,
};

/** What the core calls it. */
function rowNameOf({ kind, name }: KillScope): string {
  return kind === "client" || kind === "trader" ? rowOf(kind, name) : name;
}

/** The number of the setting that is a subject's kill switch. */
function killSetting(subject: number): number {
  return SETTINGS[subject]!.findIndex(({ isKill }) => isKill === true);
}

/** Client sessions and venues, whose kill switch is their trading state. */
export interface Counterparties {
  readonly session: () => readonly string[];
  readonly venue: () => readonly string[];
}

/** Says who has set a trading state last, and when. */
interface MarkedTrading {
  mark(of: Counterparty): { readonly by: string; readonly atUs: number } | null;
}

/** Kill switches of the firm, clients, accounts, client sessions, traders, symbols and venues. */
export class GatewayKillSwitch implements KillSwitch {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Commands,
    private readonly trading: Pick<SessionCommands, "tradingState" | "setTradingState"> & MarkedTrading,
    private readonly counterparties: Counterparties,
    private readonly reasons: KillReasons,
    private readonly cancels: Pick<KillCancels, "cancel" | "forget" | "view">,
    /** Called when the firm's is to be engaged. */
    private readonly engagesFirm: () => void = () => {},
  ) {}

  engaged(): readonly KillView[] {
    const { reader } = this.core;
    const scopes: KillScope[] = [
      { kind: "firm", name: "" },
      ...reader.killedNames(ACCOUNTS).flatMap((row): KillScope[] => {
        const { level: kind, name } = levelOf(row);
        return kind === "client" || kind === "account" || kind === "trader" ? [{ kind, name }] : [];
      }),
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
      if (state === null) return null;
      const mark = this.trading.mark({ kind, name });
      const engaged = state !== "on";
      return {
        ...scope,
        scope: scopeText(scope),
        engaged,
        cancels: this.cancels.view(scope),
        ...this.lastChange(scope, mark),
      };
    }
    const subject = SUBJECTS[scope.kind];
    const isRow = scope.kind === "account" && levelOf(scope.name).level !== "account";
    const table = subject === undefined || isRow ? null : reader.settings(subject, rowNameOf(scope));
    if (subject === undefined || table === null) return null;
    const { current, isSet, by, atUs } = table.aim(0, killSetting(subject));
    const { isKilled, sinceUs } = reader.killed;
    const isFirm = scope.kind === "firm";
    const us = isFirm && isKilled ? sinceUs : isSet ? atUs : 0;
    const engaged = isFirm ? isKilled : current === 1n;
    const change = this.lastChange(scope, { by: isSet ? by : "", atUs: us });
    // No setting has the kill switch that a start has engaged.
    const byFile = isFirm && engaged && !isSet ? BY_FILE : {};
    return { ...scope, scope: scopeText(scope), engaged, cancels: this.cancels.view(scope), ...change, ...byFile };
  }

  /** Who made the last change, when and why. */
  private lastChange(
    scope: KillScope,
    mark: { readonly by: string; readonly atUs: number } | null,
  ): Pick<KillView, "by" | "at" | "why"> {
    const { by = "", atUs = 0 } = mark ?? {};
    return {
      by: by === "" ? null : by,
      at: atUs > 0 ? isoText(atUs) : null,
      why: this.reasons.of(scope, by, atUs),
    };
  }

  async set(scope: KillScope, engaged: boolean, asked: Asked, cancelsOpen = false): Promise<KillOutcome> {
    const outcome = await this.change(scope, engaged, asked);
    if (outcome.result === "refused") return outcome;
    if (!engaged) this.cancels.forget(scope);
    if (!cancelsOpen) return outcome;
    // The switch is engaged: the answer says what became of the cancels, and nothing is undone.
    const canceled = await this.cancels.cancel(scope).catch((error: Error) => ({ failed: error.message }));
    return { ...outcome, result: "applied", canceled };
  }

  private async change(scope: KillScope, engaged: boolean, asked: Asked): Promise<Outcome> {
    const subject = SUBJECTS[scope.kind];
    const text = scopeText(scope);
    const { kind, name } = scope;
    if (kind === "session" || kind === "venue") return this.setTrading({ kind, name }, engaged, asked);
    if (subject === undefined || this.get(scope) === null)
      return refused("unknown-name", `expected the name of a known ${scope.kind}, got ${text}`);
    if (scope.kind === "firm" && engaged) this.engagesFirm();
    const change = { subject, name: rowNameOf(scope), setting: killSetting(subject), value: engaged ? 1n : 0n };
    const outcome = answered(await this.commands.send(changeCommand([change], asked.by)!));
    if (outcome.result === "applied") this.note(scope, subject, asked.why);
    return outcome;
  }

  /** Keeps the reason of a change that the core has made. */
  private note(scope: KillScope, subject: number, why: string): void {
    const { reader } = this.core;
    const { isKilled, sinceUs } = reader.killed;
    const { atUs } = reader.settings(subject, rowNameOf(scope))!.aim(0, killSetting(subject));
    this.reasons.note(scope, scope.kind === "firm" && isKilled ? sinceUs : atUs, why);
  }

  /** Cancel-only is what an engaged kill switch is; one that is off stays off. */
  private async setTrading(of: Counterparty, engaged: boolean, asked: Asked): Promise<Outcome> {
    const state = this.trading.tradingState(of);
    if (state === null) return refused("unknown-name", `expected the name of a known ${of.kind}, got ${of.name}`);
    if (engaged === (state !== "on")) return { result: "unchanged", code: "", reason: "" };
    if (state === "off")
      return refused(
        "switched-off",
        `${of.kind} ${of.name}: expected cancel-only, got off: it is switched on by its state`,
      );
    return this.trading.setTradingState(of, engaged ? "cancel-only" : "on", asked);
  }

  private stopped(kind: "session" | "venue"): KillScope[] {
    const names = this.counterparties[kind]().filter((name) => this.trading.tradingState({ kind, name }) !== "on");
    return names.map((name) => ({ kind, name }));
  }
}
