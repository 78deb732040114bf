import type { Views } from "../base/views.ts";
import { LOCKED, type PasswordQuestion, RIGHT, takeQuestions, WRONG } from "../client/password-gate.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { SessionLocks } from "./session-locks.ts";

const EVERY_MS = 50;

/** Username and password that a session's Logon must have. */
export interface Credentials {
  /** Of the session. */
  readonly name: string;
  /** Empty: any username. */
  readonly username: string;
  readonly passwordHash: string;
}

/** Checks the passwords that lanes leave in their gates, one at a time: a check takes a CPU and tens of megabytes. */
export class PasswordChecks {
  private readonly taken = new Set<number>();
  private busy = false;
  private running = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly views: Views,
    private readonly gates: readonly number[],
    /** By session id. */
    private credentials: ReadonlyMap<number, Credentials>,
    private readonly locks: SessionLocks,
  ) {}

  /** Polls the gates from now on, while any session has a password. */
  start(): void {
    this.running = true;
    this.replace(this.credentials);
  }

  stop(): void {
    this.running = false;
    clearInterval(this.timer);
  }

  /** Credentials for the checks that begin from now on. */
  replace(credentials: ReadonlyMap<number, Credentials>): void {
    this.credentials = credentials;
    clearInterval(this.timer);
    if (this.running && credentials.size > 0) this.timer = setInterval(() => void this.poll(), EVERY_MS);
  }

  /** Checks every password that waits in a gate. Resolves when all are answered. */
  async poll(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (const gate of this.gates)
        for (const question of takeQuestions(this.views, gate, this.taken)) {
          const answer = await this.answerTo(question);
          question.password.fill(0);
          question.answer(answer);
        }
    } finally {
      this.busy = false;
    }
  }

  private async answerTo({ session, username, password }: PasswordQuestion): Promise<number> {
    const wanted = this.credentials.get(session);
    if (wanted === undefined) return WRONG;
    if (this.locks.isLocked(wanted.name)) return LOCKED;
    const isPassword = await matches(password, wanted.passwordHash);
    const isRight = isPassword && (wanted.username === "" || wanted.username === username);
    this.locks.count(wanted.name, isRight);
    return isRight ? RIGHT : WRONG;
  }
}

/** Credentials of the sessions that have a password, by session id. */
export function credentialsOf(config: GatewayConfig, ids: Readonly<Record<string, number>>): Map<number, Credentials> {
  const credentials = new Map<number, Credentials>();
  const sessions = [...Object.entries(config.client.sessions), ...Object.entries(config.dropCopy?.sessions ?? {})];
  for (const [name, { username, passwordHash }] of sessions)
    if (passwordHash !== undefined) credentials.set(ids[name]!, { name, username: username ?? "", passwordHash });
  return credentials;
}

async function matches(password: Uint8Array, hash: string): Promise<boolean> {
  try {
    return await Bun.password.verify(password, hash);
  } catch {
    // The configuration checks only the form of a hash; one that cannot be read matches no password.
    return false;
  }
}
