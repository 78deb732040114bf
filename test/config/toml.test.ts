import { expect, test } from "bun:test";
import { problemLine } from "../../src/config/problem.ts";
import { parseToml } from "../../src/config/toml.ts";

const filler = Array.from({ length: 500 }, (_, i) => `# line ${2 * i + 1}\nkey${i} = [\n  ${i},\n]`).join("\n");
const fillerLines = filler.split("\n").length;

test.each<[text: string, line: string]>([
  ["a = 1\nb =\n", "file.toml:2: not TOML: Missing value after '='; values must be on the same line"],
  ["a = 1\na = 2\n", "file.toml:2: not TOML: Cannot redefine key 'a'"],
  ["[x]\n\n# why\n[x]\nb = 1\n", "file.toml:4: not TOML: Cannot redefine table 'x'"],
  ["a = 1\r\nb = 2\r\nc c\r\nd = 4\r\n", "file.toml:3: not TOML: Expected '=' after a key but found 'c'"],
  ["a = [\n  1,\n  oops,\n]\nb = 1", 'file.toml:3: not TOML: Strings must be quoted: "oops"'],
  ["\n\na = 1 b = 2", "file.toml:3: not TOML: Expected a newline or end of file after a key/value pair"],
  ["a = 1\nb = [\n  1,\n", "file.toml:2: not TOML: Unterminated array; expected ']'"],
  ['a = 1\nb = """\nc = 2\nd = 3\n', "file.toml:2: not TOML: Unterminated string"],
  ["a = 1\n[b", "file.toml:2: not TOML: Expected ']' to close a table header but found end of file"],
  ["a = 1\n[b\nc = 2", "file.toml:2: not TOML: Expected ']' to close a table header but found the end of the line"],
  ["[[a] ]", "file.toml:1: not TOML: Expected ']]' to close an array-of-tables header but found a space"],
  ["a = 1\nb = “x”", "file.toml:2: not TOML: Expected a value but found '“', which is not ASCII"],
  ['a = "\u0001"', "file.toml:1: not TOML: Control character must be escaped in a string: a control character (0x01)"],
  ["a = 1\npassword = hunter2", "file.toml:2: not TOML: Strings must be quoted"],
  [
    "a = 1\nb = 9007199254740992\nc = 3",
    "file.toml:2: expected whole numbers from -9007199254740991 to 9007199254740991, got a number outside of it",
  ],
  [
    "a = 99999999999999999999",
    "file.toml:1: expected whole numbers from -9007199254740991 to 9007199254740991, got a number outside of it",
  ],
  [
    `${filler}\nb = \n${filler}`,
    `file.toml:${fillerLines + 1}: not TOML: Missing value after '='; values must be on the same line`,
  ],
])("%#: the fault is named with its line", (text, line) => {
  const parsed = parseToml(text, "file.toml");
  expect("problem" in parsed && problemLine(parsed.problem)).toBe(line);
});

test("what is TOML is parsed", () => {
  expect(parseToml('a = 1\n[b]\nc = "x"\n', "file.toml")).toEqual({ value: { a: 1, b: { c: "x" } } });
});
