import { fstatSync } from "node:fs";
import { Log, type LogLevel } from "../../src/base/log.ts";

export const LOG_FORMATS = ["text", "json", "journald"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const STDERR = 2;
/** In columns, so that who stands below who. */
const WORDS: Readonly<Record<LogLevel, string>> = {
  info: "INFO ",
  warning: "WARN ",
  alarm: "ALARM",
  error: "ERROR",
};
/** Priorities of syslog(3), as sd-daemon(3) has them at the beginning of a line. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { info: 6, warning: 4, error: 3, alarm: 1 };

/** The gateway's log, line by line. */
export function openLog(format: LogFormat, write: (line: string) => void): Log {
  return new Log((level, who, what) => write(logLine(format, new Date(), level, who, what)));
}

/** The line about lines that nobody has read in time. */
export function lostLine(format: LogFormat): (count: number, sinceMs: number) => string {
  return (count, sinceMs) => {
    const lines = count === 1 ? "1 line" : `${count.toLocaleString("en")} lines`;
    const what = `${lines} of the log lost since ${new Date(sinceMs).toISOString()}: their reader did not read on`;
    return logLine(format, new Date(), "warning", "log", what);
  };
}

/** One line of the log, without its end. The time is for people and programs alike: UTC, milliseconds. */
export function logLine(format: LogFormat, time: Date, level: LogLevel, who: string, what: string): string {
  if (format === "json") return oneLine(JSON.stringify({ time: time.toISOString(), level, who, what }));
  const text = oneLine(`${who}: ${what}`);
  if (format === "text") return `${time.toISOString()} ${WORDS[level]} ${text}`;
  // The journal keeps the time and shows a priority as a colour at most.
  return `<${PRIORITIES[level]}>${level === "alarm" ? "alarm: " : ""}${text}`;
}

/** The format that suits where the standard error output leads: journald, where JOURNAL_STREAM names it, else text. */
export function automaticFormat(environment: Readonly<Record<string, string | undefined>>): LogFormat {
  const { dev, ino } = fstatSync(STDERR);
  return environment.JOURNAL_STREAM === `${dev}:${ino}` ? "journald" : "text";
}

/** A peer's text must neither end the line nor move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === "\n") return "\\n";
    return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
  });
}
