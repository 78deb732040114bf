import { Log, type LogLine } from "../src/base/log.ts";

/** A log that adds its lines here, each as `lineText` has it, after who logs it. */
export function keptLog(lines: string[]): Log {
  return new Log((level, who, what) => void lines.push(lineText({ level, what: `${who}: ${what}` })));
}

/** A line with its level, which is left out where it is info. */
export function lineText({ level, what }: LogLine): string {
  return level === "info" ? what : `${level}: ${what}`;
}
