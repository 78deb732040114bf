/** Threads of a profile: "all", the main thread, or one lane. */
export type ProfiledThread = "all" | "main" | number;

/** What is to be captured. */
export interface CaptureRequest {
  readonly thread: ProfiledThread;
  readonly seconds: number;
  /** Who wants it: an operator's reason, or the alarm that it belongs to. */
  readonly why: string;
  /** Also a snapshot of the main thread's heap, which stands still meanwhile. */
  readonly heap?: boolean;
}

/** One capture in the data directory's `profiles`. */
export interface Capture {
  /** Name of its folder: the time it began and a number. */
  readonly name: string;
  readonly beganAt: string;
  readonly seconds: number;
  readonly why: string;
  readonly bytes: number;
  readonly files: CaptureFile[];
  /** Threads that gave no profile, and why; empty: all did. */
  readonly missing: string[];
}

export interface CaptureFile {
  readonly name: string;
  readonly bytes: number;
}

/** An alarm that is worth a capture. */
export interface CaptureAlarm {
  /** Kind of the alarm's rule. */
  readonly kind: "latency" | "collections" | "stalls";
  /** The alarm in one line. */
  readonly text: string;
}

/** Profiles, stalls, histograms and counters on request and on alarms; bounded in number and bytes. Main thread. */
export interface Profiles {
  /** Captures now. Rejects, with one line, while another capture runs or when it cannot be written. */
  capture(request: CaptureRequest): Promise<Capture>;
  /**
   * Captures because of an alarm, in the background.
   * Returns  true when a capture begins; false when one runs, or the last one by an alarm was too short a time ago.
   */
  alarmed(alarm: CaptureAlarm): boolean;
  /** The captures on the disk, newest first. */
  list(): Capture[];
  /** Content of one file of a capture, or null when there is none of that name. */
  read(capture: string, file: string): Uint8Array | null;
}
