/** Lines of the log on refused connections; there is one a second. */
export function refusedLines(log: string): string[] {
  return log.split("\n").filter((line) => line.includes("connection refused:"));
}

/** Refused connections of these lines: each has one, and says how many more. */
export function refusedIn(log: string): number {
  return refusedLines(log).reduce(
    (sum, line) => sum + 1 + Number(/; (\d+) more in this second/.exec(line)?.[1] ?? 0),
    0,
  );
}
