import { writeSync } from "node:fs";

const FAILED = 1;

/** Writes lines; returns false when the reader has closed. */
export type Output = (text: string) => boolean;

/** Prints an error's line. Returns the exit code 1. */
export function failed(error: unknown): number {
  toStderr((error as Error).message);
  return FAILED;
}

export function toStderr(line: string): void {
  console.error(`sallyport: ${line}`);
}

/** Writes everything before it returns, so that memory does not fill behind a slow reader. */
export function toStdout(text: string): boolean {
  return bytesToStdout(new TextEncoder().encode(text));
}

/** As toStdout. */
export function bytesToStdout(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
  return true;
}
