import type { Log } from "../base/log.ts";
import type { RoleName } from "../config/admin.ts";
import type { AdminConfig } from "../config/schema.ts";
import { type ActionRecord, actionText } from "../control/action-record.ts";
import type { Outcome } from "../operation/outcome.ts";
import type { Principal } from "./access.ts";
import { ApiFailure } from "./failure.ts";
import { permits, rolesFor } from "./roles.ts";

/** A kind of action: a row where its resource stands. */
export interface ActionKind {
  /** `session.logout`; admin.confirm names it, or what stands before its dot. */
  readonly name: string;
  readonly role: RoleName;
  /** A second person confirms it, whatever admin.confirm says. */
  readonly needsTwo?: true;
}

/** One action that was asked for. */
export interface ActionRequest {
  /** The name of a session, an order's id; "" for the gateway. */
  readonly target: string;
  readonly why: string;
  readonly old?: unknown;
  readonly new?: unknown;
}

/** What was done; what it answers beside goes into `more`. */
export interface Done extends Outcome {
  /** Status of the answer where it was refused; absent: 409. */
  readonly status?: number;
  /** What it was before and is now, where that is known only after it was done. */
  readonly old?: unknown;
  readonly new?: unknown;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The answer to an action. */
export interface ActionAnswer {
  readonly action: number;
  readonly result: "applied" | "unchanged";
  readonly [key: string]: unknown;
}

/** The answer to an action that a second person must confirm. */
export interface ConfirmationView {
  readonly confirmation: number;
  readonly action: string;
  readonly target: string;
  readonly why: string;
  readonly who: string;
  readonly old?: unknown;
  readonly new?: unknown;
  readonly askedAt: string;
  readonly expiresAt: string;
}

/** An action of this run, for the list. */
export interface ActionView extends Omit<ActionRecord, "phase"> {
  readonly at: string;
}

/** Does what was asked for; the record has who asked and who has confirmed it. `confirmer`: the name of that person alone, "": nobody has. */
type CarryOut = (record: ActionRecord, confirmer: string) => Promise<Done>;

interface Pending {
  readonly kind: ActionKind;
  readonly record: ActionRecord;
  readonly carryOut: CarryOut;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly expiresMs: number;
}

export interface ActionsParts {
  /** Puts a record into the journal. Resolves with "" once that is as safe as the journal's durability says, or with why it is not there. */
  readonly journal: (record: ActionRecord) => Promise<string>;
  readonly log: Log;
  readonly config: Pick<AdminConfig, "confirm" | "confirmWithinS">;
}

/** Actions that are listed. */
const MOST_LISTED = 1_000;
/** Actions that wait for a second person. */
const MOST_PENDING = 100;
const REFUSED_STATUS = 409;
/** Status of refusals that are no word of who was asked. */
const STATUS: Readonly<Record<string, number>> = { "not-sent": 503, "not-answered": 504 };

/**
 * Carries out what operators ask for: whoever may not is refused, some of it a second person confirms, and the journal has each twice,
 * before anything is done and with the result.
 */
export class Actions {
  private readonly listed: ActionView[] = [];
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  constructor(private readonly parts: ActionsParts) {}

  /** Answers with what was done, or with the confirmation that it waits for. Throws an ApiFailure where nothing was done. */
  async perform(
    principal: Principal,
    kind: ActionKind,
    { target, why, ...change }: ActionRequest,
    carryOut: CarryOut,
  ): Promise<ActionAnswer | ConfirmationView> {
    mayPerform(principal, kind);
    const { name: who, from } = principal;
    const record: ActionRecord = {
      phase: "asked",
      id: this.newId(),
      who,
      from,
      action: kind.name,
      target,
      why,
      ...change,
    };
    if (!this.needsConfirmation(kind)) return this.run(record, carryOut);
    if (this.pending.size >= MOST_PENDING)
      throw new ApiFailure(429, "too-many", `expected at most ${MOST_PENDING} actions to wait for a second person`);
    await this.write(record);
    const ms = this.parts.config.confirmWithinS * 1_000;
    const timer = setTimeout(() => this.expire(record), ms);
    timer.unref();
    this.pending.set(record.id, { kind, record, carryOut, timer, expiresMs: Date.now() + ms });
    return this.confirmations().find(({ confirmation }) => confirmation === record.id)!;
  }

  /** A second person confirms an action. */
  async confirm(principal: Principal, id: number, why: string): Promise<ActionAnswer> {
    const pending = this.pending.get(id);
    if (pending === undefined)
      throw new ApiFailure(404, "not-found", `expected the id of an action that waits, got ${id}`);
    mayPerform(principal, pending.kind);
    if (principal.name === pending.record.who)
      throw new ApiFailure(
        403,
        "second-person",
        `expected another person than ${principal.name}, who has asked for it`,
      );
    this.forget(id);
    return this.run(
      { ...pending.record, confirmedBy: `${principal.name} (${principal.from}): ${why}` },
      pending.carryOut,
      principal.name,
    );
  }

  /** Takes an action back that waits for a second person. */
  async withdraw(principal: Principal, id: number, why: string): Promise<void> {
    const pending = this.pending.get(id);
    if (pending === undefined)
      throw new ApiFailure(404, "not-found", `expected the id of an action that waits, got ${id}`);
    mayPerform(principal, pending.kind);
    this.forget(id);
    await this.end(pending.record, `withdrawn by ${principal.name} (${principal.from}): ${why}`);
  }

  confirmations(): ConfirmationView[] {
    return [...this.pending.values()].map(({ record: { phase, id, from, ...record }, expiresMs }) => ({
      ...record,
      confirmation: id,
      askedAt: new Date(id / 1_000).toISOString(),
      expiresAt: new Date(expiresMs).toISOString(),
    }));
  }

  /** The last actions of this run, the newest first. */
  list(most: number): ActionView[] {
    return this.listed.slice(-most).reverse();
  }

  stop(): void {
    for (const id of [...this.pending.keys()]) this.forget(id);
  }

  private async run(record: ActionRecord, carryOut: CarryOut, confirmer = ""): Promise<ActionAnswer> {
    await this.write(record);
    let done: Done;
    try {
      done = await carryOut(record, confirmer);
    } catch (error) {
      await this.end(record, `failed: ${(error as Error).message}`);
      throw error;
    }
    const { result, code, reason, more = {}, old = record.old, new: now = record.new } = done;
    const change = { ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) };
    await this.end({ ...record, ...change }, result === "refused" ? refusalText(code, reason) : result);
    if (result === "refused") throw new ApiFailure(STATUS[code] ?? done.status ?? REFUSED_STATUS, code, reason);
    return { action: record.id, result, ...change, ...more };
  }

  /** Nothing is done that the journal does not have. */
  private async write(record: ActionRecord): Promise<void> {
    const problem = await this.parts.journal(record);
    if (problem === "") return;
    this.parts.log.alarm(`not done, because the journal does not have it (${problem}): ${actionText(record)}`);
    throw new ApiFailure(503, "not-journalled", `nothing was done: the journal does not have the action: ${problem}`);
  }

  private async end(asked: ActionRecord, result: string): Promise<void> {
    const record: ActionRecord = { ...asked, phase: "done", result };
    const { phase, ...shown } = record;
    this.listed.push({ ...shown, at: new Date(asked.id / 1_000).toISOString() });
    if (this.listed.length > MOST_LISTED) this.listed.shift();
    this.parts.log.info(`${actionText(asked)}: ${result}`);
    const problem = await this.parts.journal(record);
    if (problem !== "") this.parts.log.alarm(`the journal does not have a result (${problem}): ${actionText(record)}`);
  }

  private expire(record: ActionRecord): void {
    this.pending.delete(record.id);
    void this.end(record, `not confirmed within ${this.parts.config.confirmWithinS} s`);
  }

  private forget(id: number): void {
    clearTimeout(this.pending.get(id)?.timer);
    this.pending.delete(id);
  }

  private needsConfirmation({ name, needsTwo }: ActionKind): boolean {
    if (needsTwo === true) return true;
    const group = name.slice(0, name.indexOf("."));
    return this.parts.config.confirm.some((entry) => entry === name || entry === group);
  }

  /** Microseconds since 1970, another one each time. */
  private newId(): number {
    this.last = Math.max(this.last + 1, Date.now() * 1_000);
    return this.last;
  }
}

function mayPerform({ name, role }: Principal, kind: ActionKind): void {
  if (permits(role, kind.role)) return;
  const roles = rolesFor(kind.role).join(" or ");
  throw new ApiFailure(403, "role", `${kind.name}: expected the role ${roles}, got ${role} of ${name}`);
}

/** A command without an answer may be applied yet: it is not called refused. */
function refusalText(code: string, reason: string): string {
  return `${code === "not-answered" ? "unknown" : "refused"}: ${reason}`;
}
