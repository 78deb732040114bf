import type { AlarmState, AlarmView, Severity } from "../operation/alarms.ts";
import { timeText } from "./time-text.ts";

/** Resolved alarms that are kept; the oldest are forgotten. */
const MOST_HISTORY = 200;

/** An alarm; times in milliseconds since 1970. Plain data, as in the state file. */
export interface Alarm {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly remedy: string;
  readonly dedupKey: string;
  readonly sinceMs: number;
  /** Level of its rule. */
  level: number;
  severity: Severity;
  state: AlarmState;
  text: string;
  resolvedMs: number | null;
  acknowledgedBy: string | null;
  acknowledgedWhy: string | null;
  silencedBy: string | null;
  /** It has fired or risen, and receivers were not told of that yet. */
  isDue: boolean;
  /** Receivers were told of it, so that they must be told of its end. */
  isSent: boolean;
}

/** Open alarms by what they are about, and the last ones that were resolved. */
export class AlarmBook {
  private readonly open = new Map<string, Alarm>();
  private readonly history: Alarm[] = [];

  /** Open ones in the order in which they fired. */
  get openAlarms(): Alarm[] {
    return [...this.open.values()];
  }

  /** Resolved ones, the newest first. */
  get resolved(): readonly Alarm[] {
    return this.history;
  }

  find(id: string): Alarm | null {
    return [...this.open.values(), ...this.history].find((alarm) => alarm.id === id) ?? null;
  }

  of(rule: string, subject: string): Alarm | null {
    return this.open.get(keyOf(rule, subject)) ?? null;
  }

  add(alarm: Alarm): void {
    this.open.set(keyOf(alarm.rule, alarm.subject), alarm);
  }

  resolve(alarm: Alarm, nowMs: number): void {
    this.open.delete(keyOf(alarm.rule, alarm.subject));
    alarm.state = "resolved";
    alarm.level = 0;
    alarm.resolvedMs = nowMs;
    this.keep(alarm);
  }

  /** Adds a resolved one as the newest. */
  keep(alarm: Alarm): void {
    this.history.unshift(alarm);
    if (this.history.length > MOST_HISTORY) this.history.pop();
  }
}

export function alarmView({ level: _, isDue: __, isSent: ___, sinceMs, resolvedMs, ...alarm }: Alarm): AlarmView {
  return { ...alarm, since: timeText(sinceMs), resolvedAt: resolvedMs === null ? null : timeText(resolvedMs) };
}

function keyOf(rule: string, subject: string): string {
  return `${rule} ${subject}`;
}
