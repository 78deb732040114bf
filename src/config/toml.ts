import type { Problem } from "./problem.ts";
import { parseInParts } from "./toml-tables.ts";

/** Parses TOML; a syntax error is reported with its line. */
export function parseToml(text: string, fileName: string): { value: unknown } | { problem: Problem } {
  const { value, fault } = tryParse(text);
  if (fault === "") return { value };
  const line = faultLine(text, fault);
  return { problem: { where: `${fileName}:${line}`, what: reworded(fault, text.split("\n")[line - 1] ?? "") } };
}

interface Parsed {
  readonly value?: unknown;
  readonly fault: string;
}

/** In parts where that succeeds; a fault in a part may be none of the whole text. */
function tryParse(text: string): Parsed {
  const { value } = parsed(() => parseInParts(text));
  return value === undefined ? parsed(() => Bun.TOML.parse(text)) : { value, fault: "" };
}

function parsed(parse: () => unknown): Parsed {
  try {
    return { value: parse(), fault: "" };
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
    const prefix = `${lines.slice(0, middle).join("\n")}\n`;
    const hasFault = parsed(() => parseInParts(prefix)).fault === fault;
    const found = hasFault ? fault : tryParse(prefix).fault;
    if (found === fault || (staysOpen && found !== "")) line = middle;
    else before = middle;
  }
  return line;
}

/** Bytes that the parser names by their number. */
const BYTE_WORDS: Readonly<Record<string, string>> = {
  "0x09": "a tab",
  "0x0A": "the end of the line",
  "0x0D": "the end of the line",
  "0x20": "a space",
};

/** The parser's message in words. A line with a password is not repeated. */
function reworded(fault: string, line: string): string {
  if (/^Integer (cannot|is outside)/.test(fault))
    return "expected whole numbers from -9007199254740991 to 9007199254740991, got a number outside of it";
  if (/password/i.test(line) && fault.startsWith("Strings must be quoted")) return "not TOML: Strings must be quoted";
  return `not TOML: ${fault.replace(/\((0x[0-9A-F]{2})\)/, (_, byte: string) => BYTE_WORDS[byte] ?? characterText(byte, line))}`;
}

/** The first character of the line that begins with this byte, or the byte's name where it is no character. */
function characterText(byte: string, line: string): string {
  const value = Number(byte);
  if (value < 0x80) return `a control character (${byte})`;
  const character = [...line].find((one) => new TextEncoder().encode(one)[0] === value);
  return character === undefined ? "a byte that is not UTF-8" : `'${character}', which is not ASCII`;
}
