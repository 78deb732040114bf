/** Lines of the log on connections that were refused for that reason (any, without one); of each reason there is one a second. */
export function refusedLines(log: string, reason = ""): string[] {
  return log.split("\n").filter((line) => line.includes(`connection refused: ${reason}`));
}

/** Refused connections of these lines: each has one, and says how many more. */
export function refusedIn(log: string, reason = ""): number {
  const others = /; ([\d,]+) more since the last line/;
  return refusedLines(log, reason).reduce(
    (sum, line) => sum + 1 + Number(others.exec(line)?.[1]?.replaceAll(",", "") ?? 0),
    0,
  );
}
