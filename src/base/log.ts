/** How much a line of the log matters: an alarm wants somebody to act now. */
export type LogLevel = "info" | "warning" | "alarm" | "error";

/** What is logged, without the part of the gateway that logs it. */
export interface LogLine {
  readonly level: LogLevel;
  readonly what: string;
}

export type LogWriter = (level: LogLevel, who: string, what: string) => void;

/** The log of one part of the gateway. Main thread. */
export class Log {
  constructor(
    private readonly write: LogWriter,
    private readonly who = "gateway",
  ) {}

  /** The log of another part, with the same writer. */
  of(who: string): Log {
    return new Log(this.write, who);
  }

  info(what: string): void {
    this.write("info", this.who, what);
  }

  warning(what: string): void {
    this.write("warning", this.who, what);
  }

  alarm(what: string): void {
    this.write("alarm", this.who, what);
  }

  error(what: string): void {
    this.write("error", this.who, what);
  }

  line({ level, what }: LogLine): void {
    this.write(level, this.who, what);
  }
}

export function info(what: string): LogLine {
  return { level: "info", what };
}

export function warning(what: string): LogLine {
  return { level: "warning", what };
}
