import { BUS_ERROR_EXIT, BusErrorHandler } from "../../ffi/bus-error.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { JournalPart } from "./journal-part.ts";
import type { Part } from "./supervisor.ts";

const EVERY_MS = 1_000;

/** Where the last line of a process goes, and how a line of the log is made. */
export interface LastLine {
  readonly fd: number;
  readonly isSocket: boolean;
  /** An error of a part of the gateway as a line of the log, at the present time. */
  readonly line: (who: string, what: string) => string;
}

/** Ends the process with a line that is true when a journal file was cut under its mapping, or its disk can't be read. */
export class CutFiles implements Part {
  readonly name = "journal mappings";
  private handler: BusErrorHandler | null = null;
  private end: () => void = () => {};

  constructor(
    private readonly journal: JournalPart,
    private readonly tasks: PeriodicTasks,
    private readonly lastLine: LastLine | undefined,
  ) {}

  start(): void {
    if (this.lastLine === undefined) return;
    this.handler = new BusErrorHandler([this.journal.buffers], this.lastLine.fd, this.lastLine.isSocket);
    this.prepare(this.lastLine);
    this.handler.install();
    const { lastLine } = this;
    this.end = this.tasks.every(EVERY_MS, () => this.prepare(lastLine));
  }

  stop(): void {
    this.end();
  }

  /** Writes the lines with the present time. */
  private prepare({ line }: LastLine): void {
    const { directory, recovered } = this.journal;
    const what = `the journal's buffers (${recovered.buffers.path}) were cut while the gateway writes to them, or their disk fails: the gateway ends at once, exit code ${BUS_ERROR_EXIT}. To examine what is left: sallyport journal repair ${directory.dir}`;
    this.handler?.set(0, `${line("journal", what)}\n`);
  }
}
