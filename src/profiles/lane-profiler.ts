import { PROFILE_WORD } from "../lane/words.ts";
import { type EngineTraces, Sampler } from "./sampler.ts";

/** Samples of a lane on their way to the main thread. */
export interface LaneSamples {
  readonly profile: number;
  readonly traces: EngineTraces;
  readonly isLast: boolean;
}

/**
 * A lane's part in profiles. The main thread asks by a word of shared memory: nothing else reaches a lane that turns. The lane
 * sends its samples every 10 ms, and allocates for that: its heap may be collected during a profile.
 */
export class LaneProfiler {
  private readonly sampler = new Sampler();
  private readonly word: number;
  private active = 0;

  constructor(
    private readonly ints: Int32Array,
    wordsAt: number,
    private readonly send: (samples: LaneSamples) => void,
  ) {
    this.word = (wordsAt >> 2) + PROFILE_WORD;
  }

  /** Called by the loop every 10 ms. Without a profile it reads one word. */
  check(): void {
    const asked = Atomics.load(this.ints, this.word);
    if (asked === 0 && this.active === 0) return;
    if (asked === this.active) this.send({ profile: asked, traces: this.sampler.take(), isLast: false });
    else this.change(asked);
  }

  private change(asked: number): void {
    if (this.active !== 0) this.send({ profile: this.active, traces: this.sampler.end(), isLast: true });
    this.active = asked;
    if (asked !== 0) this.sampler.begin();
  }
}
