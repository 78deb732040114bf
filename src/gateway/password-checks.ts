import type { Views } from "../base/views.ts";
import { takeQuestions } from "../client/password-gate.ts";
import type { GatewayConfig } from "../config/schema.ts";

const EVERY_MS = 50;

/** Username and password that a session's Logon must have. */
export interface Credentials {
  /** Empty: any username. */
  readonly username: string;
  readonly passwordHash: string;
}

/** Checks the passwords that lanes leave in their gates, one at a time: a check takes a CPU and tens of megabytes. */
export class PasswordChecks {
  private readonly taken = new Set<number>();
  private busy = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly views: Views,
    private readonly gates: readonly number[],
    /** By session id. */
    private readonly credentials: ReadonlyMap<number, Credentials>,
  ) {}

  /** Polls the gates from now on, if any session has a password. */
  start(): void {
    if (this.credentials.size > 0) this.timer = setInterval(() => void this.poll(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Checks every password that waits in a gate. Resolves when all are answered. */
  async poll(): Promise<void> {
    if (this.busy || this.credentials.size === 0) return;
    this.busy = true;
    try {
      for (const gate of this.gates)
        for (const question of takeQuestions(this.views, gate, this.taken)) {
          const wanted = this.credentials.get(question.session);
          const right = wanted !== undefined && (await matches(question.password, wanted.passwordHash));
          question.password.fill(0);
          question.answer(right && (wanted.username === "" || wanted.username === question.username));
        }
    } finally {
      this.busy = false;
    }
  }
}

/** Credentials of the sessions that have a password, by session id. */
export function credentialsOf(config: GatewayConfig, ids: Readonly<Record<string, number>>): Map<number, Credentials> {
  const credentials = new Map<number, Credentials>();
  for (const [name, { username, passwordHash }] of Object.entries(config.client.sessions))
    if (passwordHash !== undefined) credentials.set(ids[name]!, { username: username ?? "", passwordHash });
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
