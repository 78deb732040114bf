import type { Problem } from "./problem.ts";

/** Parses TOML; what is wrong with it is named with its line. */
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
 * The line that does not parse, counted from 1; Bun's error has a line of JavaScript instead.
 * The parser stops at the first fault, so every beginning of the text that reaches it fails with the same words, and
 * halving finds the shortest such. Where something stays open up to the end of the text, it is the shortest beginning
 * that fails at all: there the statement starts.
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
  return "expected whole numbers from -9007199254740991 to 9007199254740991, got one beyond";
}
