import type { Log } from "../base/log.ts";
import { PROFILE_WORD } from "../lane/words.ts";
import type { Capture, CaptureAlarm, CaptureRequest, ProfiledThread, Profiles } from "../operation/profiles.ts";
import { cpuProfile } from "./cpu-profile.ts";
import { flamePage } from "./flame-page.ts";
import type { LaneSamples } from "./lane-profiler.ts";
import { SAMPLE_EVERY_US, Sampler } from "./sampler.ts";
import type { ThreadSamples } from "./samples.ts";
import type { CaptureStore } from "./store.ts";
import { TraceReader } from "./trace-reader.ts";

/** Interval at which the main thread takes its own samples. */
const TAKE_EVERY_MS = 50;
/** A lane that parks looks at its words at least four times a second. */
const LAST_WITHIN_MS = 2_000;

/** A lane that may be profiled. */
export interface ProfiledLane {
  /** `lane 0 (client0 core venue0)`. */
  readonly name: string;
  readonly wordsAt: number;
}

export interface CapturingParts {
  readonly lanes: readonly ProfiledLane[];
  readonly ints: Int32Array;
  readonly store: CaptureStore;
  /** What is written beside the profiles, by file name, as it is at the end of a capture. */
  readonly documents: Readonly<Record<string, () => unknown>>;
  /** The same of what is measured while it lasts: each begins with the capture, and returns what gives the document at its end. */
  readonly measured: Readonly<Record<string, () => () => unknown>>;
  /** Moves new threads off the lanes' CPUs: the engine has a thread for each one that it samples. */
  readonly sweep: () => void;
  /** Looks at collections closely from now on; returns a function that ends it. */
  readonly watchCollections: () => () => void;
  readonly heapSnapshot: () => string;
  /** Captures by alarms: whether, how long, and the least time between two. */
  readonly onAlarm: boolean;
  readonly alarmSeconds: number;
  readonly alarmEveryMs: number;
  readonly log: Log;
}

/** A capture under way. */
interface Current {
  readonly number: number;
  /** By lane; those that are to give samples. */
  readonly lanes: ReadonlyMap<number, TraceReader>;
  readonly waiting: Set<number>;
  readonly main: TraceReader | null;
  /** Documents of what is measured, by file name. */
  readonly measured: ReadonlyMap<string, () => unknown>;
  done: () => void;
}

/** Captures profiles of lanes and main, and what explains them. One at a time. Main thread. */
export class Capturing implements Profiles {
  private readonly sampler = new Sampler();
  private current: Current | null = null;
  private count = 0;
  private alarmedMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: CapturingParts) {}

  async capture(request: CaptureRequest): Promise<Capture> {
    if (this.current !== null) throw new Error("a capture is under way: expected one at a time");
    const current = this.begin(request.thread);
    this.current = current;
    const beganAt = new Date().toISOString();
    try {
      await this.run(current, request.seconds);
    } finally {
      this.current = null;
    }
    return this.write(current, request, beganAt);
  }

  alarmed({ kind, text }: CaptureAlarm): boolean {
    const { onAlarm, alarmSeconds, alarmEveryMs, log } = this.parts;
    const nowMs = performance.now();
    if (!onAlarm || this.current !== null || nowMs - this.alarmedMs < alarmEveryMs) return false;
    this.alarmedMs = nowMs;
    this.capture({ thread: "all", seconds: alarmSeconds, why: `${kind}: ${text}` }).then(
      ({ name }) => log.info(`captured ${name} because of an alarm: ${text}`),
      (error: Error) => log.warning(`nothing captured for an alarm: ${error.message}`),
    );
    return true;
  }

  list(): Capture[] {
    return this.parts.store.list();
  }

  read(capture: string, file: string): Uint8Array | null {
    return this.parts.store.read(capture, file);
  }

  /** A lane's samples have come. */
  take(lane: number, { profile, traces, isLast }: LaneSamples): void {
    const { current } = this;
    if (current === null || profile !== current.number) return;
    current.lanes.get(lane)?.add(traces);
    if (isLast && current.waiting.delete(lane) && current.waiting.size === 0) current.done();
  }

  private begin(thread: ProfiledThread): Current {
    const { lanes } = this.parts;
    if (typeof thread === "number" && lanes[thread] === undefined)
      throw new Error(`lane: expected 0 to ${lanes.length - 1}, got ${thread}`);
    const asked = lanes.map((_, i) => i).filter((i) => thread === "all" || thread === i);
    const main = thread === "all" || thread === "main" ? new TraceReader() : null;
    const readers = new Map(asked.map((lane) => [lane, new TraceReader()]));
    const measured = new Map(Object.entries(this.parts.measured).map(([name, measure]) => [name, measure()]));
    return { number: ++this.count, lanes: readers, waiting: new Set(asked), main, measured, done: () => {} };
  }

  private async run(current: Current, seconds: number): Promise<void> {
    const { main } = current;
    this.ask(current, current.number);
    let timer: ReturnType<typeof setInterval> | undefined;
    if (main !== null) {
      this.sampler.begin();
      timer = setInterval(() => main.add(this.sampler.take()), TAKE_EVERY_MS);
    }
    const endWatch = this.parts.watchCollections();
    const sweeps = [20, 300, 1_000].map((ms) => setTimeout(this.parts.sweep, ms));
    try {
      await Bun.sleep(seconds * 1000);
    } finally {
      sweeps.forEach(clearTimeout);
      clearInterval(timer);
      endWatch();
      if (main !== null) main.add(this.sampler.end());
      this.ask(current, 0);
    }
    if (current.waiting.size === 0) return;
    const last = new Promise<void>((resolve) => {
      current.done = resolve;
    });
    await Promise.race([last, Bun.sleep(LAST_WITHIN_MS)]);
  }

  private ask({ lanes }: Current, number: number): void {
    const { ints } = this.parts;
    for (const lane of lanes.keys()) Atomics.store(ints, (this.parts.lanes[lane]!.wordsAt >> 2) + PROFILE_WORD, number);
  }

  private write(current: Current, request: CaptureRequest, beganAt: string): Capture {
    const { documents, heapSnapshot, store } = this.parts;
    const { seconds, why } = request;
    const threads: (ThreadSamples & { readonly file: string })[] = [];
    const missing: string[] = [];
    if (current.main !== null) threads.push({ thread: "main", file: "main", samples: current.main.samples });
    for (const [lane, { samples }] of current.lanes) {
      const thread = this.parts.lanes[lane]!.name;
      if (current.waiting.has(lane)) missing.push(`${thread}: not all samples came within ${LAST_WITHIN_MS / 1000} s`);
      threads.push({ thread, file: `lane-${lane}`, samples });
    }
    const about = `${beganAt}, ${seconds} s, a sample every ${SAMPLE_EVERY_US / 1000} ms; ${why}`;
    const files: Record<string, string> = { "flame.html": flamePage("Sallyport profile", about, threads) };
    for (const { file, samples } of threads) files[`${file}.cpuprofile`] = JSON.stringify(cpuProfile(samples));
    for (const [name, document] of [...Object.entries(documents), ...current.measured])
      files[name] = JSON.stringify(document(), null, 1);
    if (request.heap === true) files["main.heapsnapshot"] = heapSnapshot();
    return store.write({ beganAt, seconds, why, missing }, files);
  }
}
