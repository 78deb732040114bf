import type { EngineTraces } from "./sampler.ts";
import type { Frame, Sample } from "./samples.ts";

/** Collects what the engine gives as samples; equal frames are one object, so that a long profile stays small. */
export class TraceReader {
  readonly samples: Sample[] = [];
  private readonly frames = new Map<string, Frame>();

  add({ traces }: EngineTraces): void {
    for (const { timestamp, frames } of traces) {
      if (frames.length === 0) continue;
      this.samples.push({
        atUs: timestamp * 1e6,
        frames: frames.map(({ name, sourceURL = "", line, column }) =>
          this.frame(name === "" ? "(anonymous)" : name, sourceURL, known(line), known(column)),
        ),
      });
    }
  }

  private frame(name: string, url: string, line: number, column: number): Frame {
    const key = `${name}\0${url}\0${line}\0${column}`;
    const frame = this.frames.get(key) ?? { name, url, line, column };
    this.frames.set(key, frame);
    return frame;
  }
}

/** The engine has the largest number for a place that it does not know. */
function known(place: number | undefined): number {
  return place === undefined || place < 0 || place >= 2 ** 31 ? 0 : place;
}
