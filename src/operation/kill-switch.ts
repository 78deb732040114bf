import type { CancelManyOutcome } from "./orders.ts";
import type { Asked, Outcome } from "./outcome.ts";

export const KILL_KINDS = ["firm", "client", "account", "session", "trader", "symbol", "venue"] as const;
/** What a scope is written as. */
export const SCOPES_TEXT = KILL_KINDS.map((kind) => (kind === "firm" ? kind : `${kind}:NAME`)).join(", ");
export type KillKind = (typeof KILL_KINDS)[number];

/** What a kill switch stops: new orders and replaces are refused, cancels pass. */
export interface KillScope {
  readonly kind: KillKind;
  /** "" for the firm. */
  readonly name: string;
}

/** What has become of the open orders that a kill switch cancels, as the last look has found it. */
export interface KillCancelsView {
  /** Since when it cancels them: ISO 8601. */
  readonly since: string;
  /** Orders that were open since then or since the start, and of these those that have ended: canceled, filled, in another way. */
  readonly found: number;
  readonly canceled: number;
  readonly filled: number;
  readonly otherwise: number;
  /** Those that are still open, and the first of them with the reason. */
  readonly open: number;
  readonly unconfirmed: CancelManyOutcome["notAsked"];
}

/** What became of a change; `canceled`: and of the cancels that it asks for. */
export interface KillOutcome extends Outcome {
  readonly canceled?: CancelManyOutcome | { readonly failed: string };
}

export interface KillView extends KillScope {
  /** `firm`, `account:ACC1`, … */
  readonly scope: string;
  readonly engaged: boolean;
  /** Operator, signal or file of the last change, and its time; null where none is known. */
  readonly by: string | null;
  readonly at: string | null;
  /** The operator's reason; null where there is none, or while it is looked for in the journal after a start. */
  readonly why: string | null;
  /** Null: it leaves open orders open. */
  readonly cancels: KillCancelsView | null;
}

export interface KillSwitch {
  /** The firm's, and all others that are engaged. */
  engaged(): readonly KillView[];
  get(scope: KillScope): KillView | null;
  /** `cancelsOpen`: an engaged one also cancels open orders, until none is left. */
  set(scope: KillScope, engaged: boolean, asked: Asked, cancelsOpen?: boolean): Promise<KillOutcome>;
}

/** `account:ACC1` and the like. */
export function scopeText({ kind, name }: KillScope): string {
  return kind === "firm" ? kind : `${kind}:${name}`;
}

/** The scope of a text, or null. */
export function readScope(text: string): KillScope | null {
  const colon = text.indexOf(":");
  const kind = KILL_KINDS.find((known) => known === (colon < 0 ? text : text.slice(0, colon)));
  if (kind === undefined || (kind === "firm") !== colon < 0) return null;
  const name = colon < 0 ? "" : text.slice(colon + 1);
  return kind !== "firm" && name === "" ? null : { kind, name };
}
