import { closeFd, O_RDONLY, openFile, readAt } from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";
import { forcedSwitches, majorFaults, minorFaults, readUsage } from "../../ffi/usage.ts";

/** /proc/stat of a machine with a thousand CPUs has its lines of CPUs at the front and is cut here. */
const TEXT_BYTES = 128 * 1024;
const NEWLINE = 10;
const SPACE = 32;
const ZERO = 48;
const NINE = 57;
/** Unit of the kernel's steal time: USER_HZ is 100 on every machine. */
const TICK_NS = 10_000_000;

/** A file of counters in /proc, kept open and read without allocation. */
class CounterFile {
  private readonly memory = new ArrayBuffer(TEXT_BYTES);
  private readonly bytes = new Uint8Array(this.memory);
  private readonly memoryAt = addressOf(this.memory);
  private readonly fd: number;
  private length = 0;

  constructor(path: string, absent: string[]) {
    this.fd = open(path, absent);
  }

  /** Returns  false where the file cannot be read. */
  read(): boolean {
    if (this.fd < 0) return false;
    this.length = readAt(this.fd, this.memoryAt, TEXT_BYTES, 0);
    return this.length > 0;
  }

  close(): void {
    if (this.fd >= 0) closeFd(this.fd);
  }

  /** Offset of the text after a label, or its end without the label. */
  after(label: Uint8Array): number {
    const bytes = this.bytes;
    const length = this.length;
    for (let at = 0; at + label.length <= length; at++) {
      let same = 0;
      while (same < label.length && bytes[at + same] === label[same]) same++;
      if (same === label.length) return at + same;
    }
    return length;
  }

  /** The number `skip` words after the word at `at`; 0 where the text ends before it. */
  number(at: number, skip: number): number {
    const bytes = this.bytes;
    const length = this.length;
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

/** The kernel's counters of the thread that reads them; absent ones stay zero. A reading takes about 1.5 µs. */
export class ThreadCounters {
  /** Involuntary context switches. */
  switches = 0;
  /** Time ready to run and waiting for the CPU. */
  waitNs = 0;
  minorFaults = 0;
  majorFaults = 0;
  /** Files that could not be opened. */
  readonly absent: string[] = [];
  private readonly schedule: CounterFile;

  /** `proc` is /proc, `tid` the thread that reads. */
  constructor(proc: string, tid: number) {
    this.schedule = new CounterFile(filePath(proc, tid), this.absent);
  }

  /** Reads all counters. */
  read(): void {
    readUsage();
    this.switches = forcedSwitches();
    this.minorFaults = minorFaults();
    this.majorFaults = majorFaults();
    if (this.schedule.read()) this.waitNs = this.schedule.number(0, 1);
  }

  close(): void {
    this.schedule.close();
  }
}

/**
 * Steal time of a CPU: when the hypervisor ran others on it, in steps of 10 ms. For a reading the kernel sums its counts of
 * all CPUs and interrupts: 6 µs on 2 CPUs, much more on many. So a lane reads it only after a stall without another cause.
 */
export class StealTime {
  ns = 0;
  /** Files that could not be opened. */
  readonly absent: string[] = [];
  private readonly machine: CounterFile;
  private readonly label: Uint8Array;

  constructor(proc: string, cpu: number) {
    this.machine = new CounterFile(machinePath(proc), this.absent);
    this.label = labelOf(cpu);
  }

  read(): void {
    if (this.machine.read()) this.ns = this.machine.number(this.machine.after(this.label), 7) * TICK_NS;
  }

  close(): void {
    this.machine.close();
  }
}

function open(path: string, absent: string[]): number {
  try {
    return openFile(path, O_RDONLY);
  } catch {
    absent.push(path);
    return -1;
  }
}

function filePath(proc: string, tid: number): string {
  return `${proc}/self/task/${tid}/schedstat`;
}

function machinePath(proc: string): string {
  return `${proc}/stat`;
}

/** The line of one CPU. */
function labelOf(cpu: number): Uint8Array {
  return new Uint8Array(Buffer.from(`\ncpu${cpu} `, "latin1"));
}
