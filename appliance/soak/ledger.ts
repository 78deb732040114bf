import { closeFd, O_RDONLY, openFile, readAt } from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";

/** /proc/stat of a machine with a thousand CPUs has its lines of CPUs at the front and is cut here. */
const TEXT_BYTES = 128 * 1024;
const NEWLINE = 10;
const SPACE = 32;
const PARENTHESIS = 41;
const ZERO = 48;
const NINE = 57;
/** How the kernel counts time that was stolen: USER_HZ is 100 on every machine. */
const TICK_NS = 10_000_000;

/**
 * The kernel's counts of what was done to a thread and its CPU, read into fields without allocating. What the kernel
 * does not tell stays zero.
 */
export class Ledger {
  /** The thread was pushed aside by another. */
  switches = 0;
  /** It was ready to run and waited for the CPU. */
  waitNs = 0;
  minorFaults = 0;
  majorFaults = 0;
  /** The hypervisor gave the CPU to others; in steps of 10 ms. */
  stealNs = 0;
  /** Files that could not be opened. */
  readonly absent: string[] = [];
  private readonly memory = new ArrayBuffer(TEXT_BYTES);
  private readonly bytes = new Uint8Array(this.memory);
  private readonly memoryAt = addressOf(this.memory);
  private readonly status: number;
  private readonly schedule: number;
  private readonly stat: number;
  private readonly machine: number;
  private readonly switchesLabel = bytesOf("\nnonvoluntary_ctxt_switches:");
  private readonly cpuLabel: Uint8Array;
  private length = 0;

  /** `proc` is /proc, and `tid` a thread of this process. */
  constructor(proc: string, tid: number, cpu: number) {
    const thread = `${proc}/self/task/${tid}`;
    this.status = this.open(`${thread}/status`);
    this.schedule = this.open(`${thread}/schedstat`);
    this.stat = this.open(`${thread}/stat`);
    this.machine = this.open(`${proc}/stat`);
    this.cpuLabel = bytesOf(`\ncpu${cpu} `);
  }

  /** Reads all counts anew. */
  read(): void {
    if (this.fill(this.status)) this.switches = this.number(this.after(this.switchesLabel), 0);
    if (this.fill(this.schedule)) this.waitNs = this.number(0, 1);
    if (this.fill(this.stat)) {
      // The name before may itself hold spaces and parentheses. Fields 10 and 12; the state after the name is the third.
      const state = this.bytes.lastIndexOf(PARENTHESIS, this.length - 1) + 2;
      this.minorFaults = this.number(state, 7);
      this.majorFaults = this.number(state, 9);
    }
    if (this.fill(this.machine)) this.stealNs = this.number(this.after(this.cpuLabel), 7) * TICK_NS;
  }

  close(): void {
    for (const fd of [this.status, this.schedule, this.stat, this.machine]) if (fd >= 0) closeFd(fd);
  }

  private open(path: string): number {
    try {
      return openFile(path, O_RDONLY);
    } catch {
      this.absent.push(path);
      return -1;
    }
  }

  private fill(fd: number): boolean {
    if (fd < 0) return false;
    this.length = readAt(fd, this.memoryAt, TEXT_BYTES, 0);
    return this.length > 0;
  }

  /** Where the text goes on after a label; the end where it has none. */
  private after(label: Uint8Array): number {
    const { bytes, length } = this;
    for (let at = 0; at + label.length <= length; at++) {
      let same = 0;
      while (same < label.length && bytes[at + same] === label[same]) same++;
      if (same === label.length) return at + same;
    }
    return length;
  }

  /** The number that stands `skip` words after the word at `at`; 0 where the text ends before. */
  private number(at: number, skip: number): number {
    const { bytes, length } = this;
    while (at < length && bytes[at]! <= SPACE && bytes[at] !== NEWLINE) at++;
    for (let i = 0; i < skip; i++) {
      while (at < length && bytes[at]! > SPACE) at++;
      while (at < length && bytes[at] === SPACE) at++;
    }
    let value = 0;
    for (; at < length && bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) value = value * 10 + bytes[at]! - ZERO;
    return value;
  }
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array([...text].map((character) => character.charCodeAt(0)));
}
