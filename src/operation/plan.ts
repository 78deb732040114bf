/** A part of the shared memory. */
export interface PlanPart {
  /** Who writes it: an agent, a lane, the main thread, or several of them. */
  readonly owner: string;
  readonly what: string;
  readonly bytes: number;
  /** The owner's lane; null: the main thread, or several lanes. */
  readonly lane: number | null;
}

/** A part of the process's memory; `key`: what of the configuration decides it. */
export interface MemoryPart {
  readonly what: string;
  readonly key: string;
  readonly bytes: number;
}

export interface PlannedLane {
  readonly lane: number;
  readonly agents: readonly string[];
  /** The CPU that it has for itself; null: none. */
  readonly cpu: number | null;
  /** What it does in turns without work. */
  readonly idle: string;
  /** Shared memory of the lane and its agents alone. */
  readonly bytes: number;
}

/** The memory that was laid out before the start, and what the process needs besides. */
export interface PlanView {
  readonly lanes: readonly PlannedLane[];
  /** In the order of their places. */
  readonly shared: readonly PlanPart[];
  /** Of all parts, with what lies between them. */
  readonly sharedBytes: number;
  readonly process: readonly MemoryPart[];
  readonly privateBytes: number;
  /** The executable's own pages in memory. */
  readonly codeBytes: number;
  /** More, while peers do not read. */
  readonly backlogBytes: number;
  /** The journal's buffers. */
  readonly journalBytes: number;
}

/** Says how memory was planned. It does not change while the gateway runs. */
export interface Planned {
  view(): PlanView;
}
