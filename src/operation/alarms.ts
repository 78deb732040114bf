/** As in PagerDuty's events, ascending. */
export const SEVERITIES = ["info", "warning", "error", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `firing` and `acknowledged` ones are open. */
export type AlarmState = "firing" | "acknowledged" | "resolved";

/** One alarm, from its first sign to its end. Times are ISO 8601 with microseconds, UTC. */
export interface AlarmView {
  readonly id: string;
  /** Name of its rule: `venue-down`. */
  readonly rule: string;
  /** What it is about: `venue SIM`. */
  readonly subject: string;
  readonly severity: Severity;
  readonly state: AlarmState;
  readonly text: string;
  readonly remedy: string;
  readonly since: string;
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedWhy: string | null;
  /** Silence that keeps it from being sent, or null. */
  readonly silencedBy: string | null;
  /** The same in each event of it, also after a restart. */
  readonly dedupKey: string;
}

/** Keeps alarms that match from being sent, until its end; they are listed all the same. */
export interface SilenceView {
  readonly id: string;
  /** Patterns, in which `*` stands for any text. */
  readonly rule: string;
  readonly subject: string;
  readonly until: string;
  readonly why: string;
  readonly by: string;
  readonly at: string;
}

export interface NewSilence {
  readonly rule: string;
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
  readonly why: string;
}

/** Events that one receiver has taken, and those that it has not. */
export interface DeliveryView {
  /** `webhook` or `command`. */
  readonly receiver: string;
  readonly delivered: number;
  readonly retries: number;
  readonly givenUp: number;
  readonly waiting: number;
  /** Why the last call failed; "" when it did not. */
  readonly problem: string;
}

/** The alarms of the gateway, and what operators do about them. Main thread. */
export interface AlarmOperations {
  /** Open ones first, then those that were resolved, newest first. */
  list(): AlarmView[];
  get(id: string): AlarmView | null;
  /** "unchanged": it is acknowledged or resolved. Null: there is none of that id. */
  acknowledge(id: string, by: string, why: string): "applied" | "unchanged" | null;
  /** Sends an alarm of severity info to every receiver, and resolves it some seconds later. */
  test(by: string): AlarmView;
  silences(): SilenceView[];
  /** Throws when there are as many as may be. */
  silence(silence: NewSilence, by: string): SilenceView;
  /** Ends one. Null: there is none of that id. */
  endSilence(id: string): SilenceView | null;
  deliveries(): DeliveryView[];
}
