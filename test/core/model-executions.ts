import { rowOf } from "../../src/core/level-rows.ts";
import type { ModelOrder } from "./model-order.ts";
import type { ModelChange, ModelSettings } from "./model-settings.ts";

type Executed = Pick<ModelOrder, "account" | "trader" | "symbol">;

/** Executions of accounts and traders that have a limit of them, and which of them are stopped. */
export class ModelExecutions {
  /** Times of the executions that count, by `row/symbol`. */
  private readonly times = new Map<string, number[]>();
  /** The account and the trader whose execution reached its limit, until they are stopped. */
  private reached: string[] = [];

  constructor(private readonly settings: ModelSettings) {}

  count({ account, trader, symbol }: Executed, nowUs: number): void {
    for (const row of [account, ...(trader === "" ? [] : [rowOf("trader", trader)])]) {
      const { repeatedExecutions: most, executionsWindowMs, stopped } = this.settings.account(row)!;
      if (most < 1) continue;
      const times = [...(this.times.get(`${row}/${symbol}`) ?? []), nowUs].slice(-most);
      this.times.set(`${row}/${symbol}`, times);
      const recent = times.filter((atUs) => atUs > nowUs - 1_000 * executionsWindowMs);
      if (!stopped && recent.length === most) this.reached.push(row);
    }
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

  /** Stops those whose execution has reached the limit. */
  stopReached(): void {
    const { reached } = this;
    this.reached = [];
    if (reached.length === 0) return;
    this.change(reached.map((name) => ({ subject: "account" as const, name, setting: "stopped", value: 1n })));
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
