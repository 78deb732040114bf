import * as engine from "bun:jsc";

/** A frame as the engine gives it. */
interface EngineFrame {
  readonly name: string;
  readonly sourceURL?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Samples as the engine gives them; time in seconds. */
export interface EngineTraces {
  readonly traces: readonly { readonly timestamp: number; readonly frames: readonly EngineFrame[] }[];
}

/** The types of `bun:jsc` leave it out. */
const { samplingProfilerStackTraces } = engine as unknown as { samplingProfilerStackTraces(): EngineTraces };

/** Time between two samples. Each one stops the thread for some microseconds. */
export const SAMPLE_EVERY_US = 1_000;

/**
 * The engine's sampling profiler, of this thread alone. Taking the samples resolves their stacks, some 30 µs each, so they are
 * taken often: a thread then never stands still for long.
 */
export class Sampler {
  private running = false;

  get isRunning(): boolean {
    return this.running;
  }

  begin(): void {
    engine.startSamplingProfiler(undefined, SAMPLE_EVERY_US);
    this.running = true;
  }

  /** The samples since the last call. */
  take(): EngineTraces {
    return samplingProfilerStackTraces();
  }

  /** Takes the last samples and ends the sampling; only a profile ends it. */
  end(): EngineTraces {
    const last = this.take();
    engine.profile(nothing, SAMPLE_EVERY_US);
    this.running = false;
    return last;
  }
}

function nothing(): void {}
