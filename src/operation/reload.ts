/** What becomes of one changed key: it counts now, an operator's value stays, or it counts after a restart. */
export type ReloadEffect = "applied" | "operator" | "restart";

/** One key that differs between the configuration file and what is in force. */
export interface ReloadChange {
  /** As the file writes it: `risk.accounts.ACC1.maxOrderQty`. */
  readonly key: string;
  readonly before: string;
  readonly after: string;
  readonly effect: ReloadEffect;
  /** From when it counts, or why not now. */
  readonly how: string;
}

/** The configuration of a running gateway. */
export interface ConfigurationView {
  readonly file: string;
  /** Of the file that is in force, as it was read. */
  readonly sha256: string;
  readonly readAt: string;
  /** Keys of that file that are not in force. */
  readonly notInForce: ReloadChange[];
}

/** What a reload did, or would do. */
export interface ReloadReport {
  readonly file: string;
  /** Of the file as it is now; empty where it cannot be read. */
  readonly sha256: string;
  readonly dryRun: boolean;
  /** "refused": the file is not valid or a part did not take its values, and nothing has changed but what `inForceAlready` says. */
  readonly result: "applied" | "unchanged" | "refused";
  readonly changes: readonly ReloadChange[];
  /** Of one that was refused partway: parts that had taken their values. The next reload gives them theirs again, whatever the file. */
  readonly inForceAlready?: readonly string[];
  /** Why it was refused, each as `place: expected …, got …`. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the configuration again. Main thread. */
export interface Reloading {
  view(): ConfigurationView;
  /** All or nothing, but where a lane does not do what it should; with `dryRun` nothing. One reload runs at a time. Never rejects. */
  reload(dryRun: boolean): Promise<ReloadReport>;
}
