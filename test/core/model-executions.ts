import type { ModelChange, ModelSettings } from "./model-settings.ts";

/** Executions of accounts that have a limit of them, and which of them are stopped. */
export class ModelExecutions {
  /** Times of the executions that count, by `account/symbol`. */
  private readonly times = new Map<string, number[]>();
  /** The account whose execution reached its limit, until it is stopped. */
  private reached: string | null = null;

  constructor(private readonly settings: ModelSettings) {}

  count(account: string, symbol: string, nowUs: number): void {
    const { repeatedExecutions: most, executionsWindowMs, stopped } = this.settings.account(account)!;
    if (most < 1) return;
    const times = [...(this.times.get(`${account}/${symbol}`) ?? []), nowUs].slice(-most);
    this.times.set(`${account}/${symbol}`, times);
    const recent = times.filter((atUs) => atUs > nowUs - 1_000 * executionsWindowMs);
    if (!stopped && recent.length === most) this.reached = account;
  }

  /** The clock was set back: executions that are dated later have been now. */
  clockSetBack(nowUs: number): void {
    for (const [key, times] of this.times) {
      this.times.set(
        key,
        times.map((atUs) => Math.min(atUs, nowUs)),
      );
    }
  }

  /** Stops the account whose execution has reached the limit. */
  stopReached(): void {
    if (this.reached !== null) this.change([{ subject: "account", name: this.reached, setting: "stopped", value: 1n }]);
    this.reached = null;
  }

  /** All changes of settings, or none; returns whether. What an account has executed counts no more when it is stopped or enabled. */
  change(changes: readonly ModelChange[]): boolean {
    const isMade = this.settings.change(changes);
    for (const made of this.settings.made) {
      const [subject, account, setting] = made.split("/");
      if (subject !== "account" || setting !== "stopped") continue;
      for (const key of this.times.keys()) if (key.startsWith(`${account}/`)) this.times.delete(key);
    }
    return isMade;
  }
}
