import type { Log } from "../../base/log.ts";
import type { Views } from "../../base/views.ts";
import { type Commands, unanswered } from "../../control/commands.ts";
import type { SessionOrder } from "../../control/session-ring.ts";
import type { StateReader } from "../../core/state-reader.ts";
import type { Asked, Outcome } from "../../operation/outcome.ts";
import {
  type Counterparty,
  MOST_LOGOUT_TEXT,
  MOST_NUMBER,
  type Numbers,
  type NumbersOutcome,
  type SessionCommands,
  TRADING_STATES,
  type TradingState,
} from "../../operation/session-commands.ts";
import type { Plan } from "../../plan/plan.ts";
import { CONTROL_SESSION_TRADING, CONTROL_UNKNOWN_NAME, CONTROL_VENUE_TRADING } from "../../record/control-codes.ts";
import {
  SESSION_BUSY,
  SESSION_CLOSED,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NOT_WITH_CONNECTION,
  SESSION_NOTHING_BEHIND,
  SESSION_NUMBERS,
  SESSION_SKIP,
  SESSION_SWITCHED_OFF,
  SESSION_UNBOUND,
  SESSION_UNDER_WAY,
} from "../../record/session-command.ts";
import type { AgentCommands, SessionCommandOutcome } from "../agent-commands.ts";
import type { Rosters } from "../roster.ts";
import type { KillReasons } from "./kill-reasons.ts";
import { tradingStateAt } from "./trading-state.ts";

const PRINTABLE = /^[\x20-\x7e]*$/;
const CODES: Readonly<Record<number, string>> = {
  [CONTROL_UNKNOWN_NAME]: "unknown-name",
  [SESSION_NOT_WITH_CONNECTION]: "logged-on",
  [SESSION_BUSY]: "busy",
  [SESSION_UNDER_WAY]: "busy",
  [SESSION_CLOSED]: "outside-schedule",
  [SESSION_SWITCHED_OFF]: "switched-off",
  [SESSION_UNBOUND]: "unbound",
  [SESSION_NOTHING_BEHIND]: "nothing-behind",
};

const WHATS = { session: "client session", venue: "venue", "drop-copy": "drop copy session" } as const;
const RESTRICTED = {
  "cancel-only": "set to cancel-only by an operator before this start: its new orders and replaces are refused",
  off: "switched off by an operator before this start: it stays disconnected, its orders are refused",
} as const;

export interface GatewaySessionCommandsParts {
  readonly plan: Plan;
  readonly views: Views;
  readonly rosters: Rosters;
  readonly core: Commands;
  readonly agents: AgentCommands;
  readonly reader: () => StateReader;
  readonly reasons: KillReasons;
}

/** Steers sessions and venues: by commands to their agents, and their trading states by commands to the core. */
export class GatewaySessionCommands implements SessionCommands {
  constructor(private readonly parts: GatewaySessionCommandsParts) {}

  /** Logs which sessions and venues an operator has restricted before this start. */
  logRestricted(log: Log): void {
    const { venues, clients } = this.parts.rosters;
    const names = (kind: Counterparty["kind"]) =>
      (kind === "venue" ? venues : clients).names.map((name) => ({ kind, name }));
    for (const { kind, name } of [...names("session"), ...names("venue")]) {
      const state = this.tradingState({ kind, name });
      if (state === null || state === "on") continue;
      const who = kind === "venue" ? `venue ${name}` : `client ${name}`;
      log.of(who).warning(`${RESTRICTED[state]} (sallyport ctl ${kind} state ${name} on)`);
    }
  }

  tradingState({ kind, name }: Counterparty): TradingState | null {
    const { plan, views, agents } = this.parts;
    const id = agents.idOf(kind, name);
    if (id === undefined) return null;
    const at = kind === "venue" ? plan.venueTradingAt : plan.sessionTradingAt;
    return tradingStateAt(views, at, id);
  }

  /** Who has set the trading state last, and when; null where nobody has. */
  mark({ kind, name }: Counterparty): { readonly by: string; readonly atUs: number } | null {
    const id = this.parts.agents.idOf(kind, name);
    return id === undefined ? null : this.parts.reader().tradingMark(kind === "venue", id);
  }

  async logout(of: Counterparty, text: string): Promise<Outcome> {
    if (text.length <= MOST_LOGOUT_TEXT && PRINTABLE.test(text))
      return plain(await this.ask(of, { kind: SESSION_LOGOUT, text }));
    return bad(`text: expected up to ${MOST_LOGOUT_TEXT} printable ASCII characters, got ${JSON.stringify(text)}`);
  }

  async disconnect(of: Counterparty): Promise<Outcome> {
    return plain(await this.ask(of, { kind: SESSION_KICK }));
  }

  async connect(venue: string): Promise<Outcome> {
    return plain(await this.ask({ kind: "venue", name: venue }, { kind: SESSION_CONNECT }));
  }

  async setNumbers(of: Counterparty, numbers: Partial<Numbers>): Promise<NumbersOutcome> {
    const problem = problemOf(numbers);
    return problem === "" ? this.ask(of, { kind: SESSION_NUMBERS, ...numbers }) : bad(problem);
  }

  async skipCopies(agent: string): Promise<Outcome> {
    const { agents, rosters } = this.parts;
    const number = /^client(\d)$/.exec(agent)?.[1];
    const [first] = rosters.dropCopies.active;
    if (number === undefined || first === undefined)
      return refused(
        "unknown-name",
        `agent: expected one of client0 to client9 whose reports are copied, got ${agent}`,
      );
    const order = { kind: SESSION_SKIP, nextIn: Number(number) };
    return plain(outcomeOf(await agents.sendTo(first, order)));
  }

  async setTradingState(of: Counterparty, state: TradingState, { by, why }: Asked): Promise<Outcome> {
    const { core, agents, reasons } = this.parts;
    const { kind: whose, name } = of;
    const isVenue = whose === "venue";
    const id = agents.idOf(whose, name);
    if (id === undefined || whose === "drop-copy") return unknown(of);
    const kind = isVenue ? CONTROL_VENUE_TRADING : CONTROL_SESSION_TRADING;
    const text = new TextEncoder().encode(by);
    const outcome = await core.send({ kind, value: TRADING_STATES.indexOf(state), amount: id, name: of.name, text });
    const mark = this.mark(of);
    if (outcome.applied && outcome.changed && mark !== null) reasons.note({ kind: whose, name }, mark.atUs, why);
    // Its agent may be parked.
    agents.wake(of.kind, of.name);
    return plain(outcomeOf(outcome));
  }

  private async ask(of: Counterparty, order: Omit<SessionOrder, "session">): Promise<NumbersOutcome> {
    const { agents } = this.parts;
    if (agents.idOf(of.kind, of.name) === undefined) return unknown(of);
    return outcomeOf(await agents.send(of.kind, of.name, order));
  }
}

function problemOf(numbers: Partial<Numbers>): string {
  const given = Object.entries(numbers).filter(([, number]) => number !== undefined);
  if (given.length === 0) return "expected nextIn, nextOut or both, got none";
  const wrong = given.find(([, number]) => !Number.isInteger(number) || number < 1 || number > MOST_NUMBER);
  return wrong === undefined ? "" : `${wrong[0]}: expected 1 to ${MOST_NUMBER.toLocaleString("en")}, got ${wrong[1]}`;
}

function outcomeOf(outcome: SessionCommandOutcome): NumbersOutcome {
  const { applied, changed, reason, code = 0, were = null, are = null } = outcome;
  const numbers = { old: were, new: are };
  if (applied) return { result: changed ? "applied" : "unchanged", code: "", reason: "", ...numbers };
  return { result: "refused", code: CODES[code] ?? (unanswered(outcome) || "refused"), reason, ...numbers };
}

function plain({ result, code, reason }: NumbersOutcome): Outcome {
  return { result, code, reason };
}

function unknown({ kind, name }: Counterparty): NumbersOutcome {
  return refused("unknown-name", `${name}: expected the name of a configured ${WHATS[kind]}`);
}

function bad(reason: string): NumbersOutcome {
  return refused("out-of-range", reason);
}

function refused(code: string, reason: string): NumbersOutcome {
  return { result: "refused", code, reason, old: null, new: null };
}
