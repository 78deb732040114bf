/** Something that runs while the gateway runs. */
export interface Part {
  readonly name: string;
  readonly start?: () => void | Promise<void>;
  readonly stop?: () => void | Promise<void>;
}

/** Starts parts in their order and stops them in reverse, each after the one before is done. */
export class Supervisor {
  /** Parts that have been started and not stopped. */
  private readonly started: Part[] = [];
  private active = "";
  private ending = false;

  constructor(private readonly parts: readonly Part[]) {}

  /** Name of the part that is being started or stopped, or "". */
  get busyWith(): string {
    return this.active;
  }

  /** Throws what a part throws; the parts before it run on. */
  async start(): Promise<void> {
    for (const part of this.parts) {
      if (this.ending) return;
      this.active = part.name;
      await part.start?.();
      this.started.push(part);
    }
    this.active = "";
  }

  /** No further part is started, and none is stopped: the process is about to end. */
  abandon(): void {
    this.ending = true;
  }

  /** A second call does nothing. Throws what a part throws; the parts below it run on. */
  async stop(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    for (let part = this.started.pop(); part !== undefined; part = this.started.pop()) {
      this.active = part.name;
      await part.stop?.();
    }
    this.active = "";
  }
}
