import { KIB } from "../../src/base/units.ts";

/** Text that waits for its reader; lines beyond it are lost and counted. */
const WAITING_BYTES = 256 * KIB;
/** Of ffi/errno.ts, which needs the compiler: this file is loaded before that is known to be there. */
const EAGAIN = 11;
const AGAIN_MS = 100;
/** The end of the process waits this long for the reader. */
const END_MS = 200;

/** Where lines go: the kernel's descriptor, or a test's. */
export interface LineSink {
  /** Returns  number of bytes written, -EAGAIN when none fits now, or -errno. */
  write(bytes: Uint8Array, from: number): number;
}

/** Lines for a reader that may stand still. Nothing waits for it: what it does not take in time is lost, and counted. Main thread. */
export class LogOutput {
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  /** Bytes of the first one that are written. */
  private written = 0;
  private lost = 0;
  private lostSince = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly sink: LineSink,
    /** Returns  the line about lost lines. */
    private readonly lostLine: (count: number, sinceMs: number) => string,
  ) {}

  /** Writes the line, or keeps it until its reader reads on. */
  line(text: string): void {
    const bytes = Buffer.from(`${text}\n`);
    if (this.waitingBytes + bytes.length > WAITING_BYTES) this.lose(1);
    else {
      if (this.lost > 0) this.tellLost();
      this.add(bytes);
    }
    this.flush();
  }

  /** Writes what the reader takes now. */
  private flush(): void {
    clearTimeout(this.timer);
    while (this.waiting.length > 0) {
      const first = this.waiting[0]!;
      const count = this.sink.write(first, this.written);
      if (count === -EAGAIN) break;
      if (count < 0) this.dropAll();
      else {
        this.written += count;
        if (this.written === first.length) this.shift();
      }
      if (this.waiting.length === 0 && this.lost > 0 && count >= 0) this.tellLost();
    }
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.flush(), AGAIN_MS).unref();
  }

  /** Resolves once all is written, or will not be. */
  async end(): Promise<void> {
    const until = performance.now() + END_MS;
    this.flush();
    while (this.waiting.length > 0 && performance.now() < until) {
      await Bun.sleep(AGAIN_MS / 10);
      this.flush();
    }
    clearTimeout(this.timer);
  }

  private add(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
  }

  private shift(): void {
    this.waitingBytes -= this.waiting.shift()!.length;
    this.written = 0;
  }

  private lose(count: number): void {
    if (this.lost === 0) this.lostSince = Date.now();
    this.lost += count;
  }

  private tellLost(): void {
    const text = this.lostLine(this.lost, this.lostSince);
    this.lost = 0;
    this.add(Buffer.from(`${text}\n`));
  }

  /** The reader is gone, or its disk is full. */
  private dropAll(): void {
    this.lose(this.waiting.length);
    this.waiting = [];
    this.waitingBytes = 0;
    this.written = 0;
  }
}
