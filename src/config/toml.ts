import type { Problem } from "./problem.ts";

/** Parses TOML; a syntax error is reported with its line. */
export function parseToml(text: string, fileName: string): { value: unknown } | { problem: Problem } {
  const { value, fault } = tryParse(text);
  if (fault === "") return { value };
  return { problem: { where: `${fileName}:${faultLine(text, fault)}`, what: reworded(fault) } };
}

function tryParse(text: string): { value?: unknown; fault: string } {
  try {
    return { value: Bun.TOML.parse(text), fault: "" };
  } catch (error) {
    return { fault: error instanceof Error ? error.message.replace(/^TOML Parse error: /, "") : String(error) };
  }
}

/**
 * The line of the fault, counted from 1; Bun's error has a line of JavaScript instead. The parser stops at the first fault,
 * so every prefix of the text that contains it fails with the same message; a binary search finds the shortest one. For an
 * unterminated string, array or table it finds the shortest prefix that fails at all: its last line begins the statement.
 */
function faultLine(text: string, fault: string): number {
  const lines = text.split("\n");
  const staysOpen = /^Unterminated (array|inline table|string$)|end of file$/.test(fault);
  let before = 0;
  let line = lines.length;
  while (line - before > 1) {
    const middle = (before + line) >> 1;
    const found = tryParse(`${lines.slice(0, middle).join("\n")}\n`).fault;
    if (found === fault || (staysOpen && found !== "")) line = middle;
    else before = middle;
  }
  return line;
}

function reworded(fault: string): string {
  if (!/^Integer (cannot|is outside)/.test(fault)) return `not TOML: ${fault}`;
  return "expected whole numbers from -9007199254740991 to 9007199254740991, got a number outside of it";
}
