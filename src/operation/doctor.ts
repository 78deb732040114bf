export const VERDICTS = ["ok", "warn", "fail", "not applicable"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Result of one check of the machine. `remedy` is empty when nothing needs to change. */
export interface Finding {
  readonly name: string;
  readonly theme: string;
  readonly seen: string;
  readonly verdict: Verdict;
  readonly why: string;
  readonly remedy: string;
}

export interface DoctorReport {
  readonly version: string;
  /** The worst of its checks. */
  readonly verdict: "ok" | "warn" | "fail";
  /** CPUs that lanes have for themselves. */
  readonly laneCpus: readonly number[];
  readonly checks: readonly Finding[];
}

export interface DoctorView extends DoctorReport {
  /** When it was made: ISO 8601, UTC. */
  readonly at: string;
}

/** Checks the machine for the gateway that runs on it. */
export interface Doctor {
  /** In a process beside the gateway; a report that was made in the last minute is given again. Rejects with JournalUnread. */
  report(): Promise<DoctorView>;
}
