import { InvalidArgumentError } from "commander";
import { timeOf } from "../../src/base/time-text.ts";

// Readers of option values: each throws the line that the command line prints.

/** An instant as ISO 8601 has it; microseconds since 1970. */
export function instant(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds * 1000;
  } catch {
    throw new InvalidArgumentError("It must be an instant such as 2026-11-24T08:00:00Z");
  }
}

/** A time of the journal; microseconds since 1970. */
export function time(text: string): number {
  try {
    return timeOf(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text;
  throw new InvalidArgumentError("It must be the 64 hexadecimal digits that sha256sum prints");
}
