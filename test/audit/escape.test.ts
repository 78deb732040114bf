import { expect, test } from "bun:test";
import fc from "fast-check";
import { escaped, exportLine, fieldsLine, ownLine } from "../../src/audit/escape.ts";

const bytes = fc.uint8Array({ maxLength: 60 }).map((all) => String.fromCharCode(...all));
const tricky = fc
  .array(fc.constantFrom("|", "\\", "x0a", "\n", "\r", "\x01", "\x1b[2J", "\0", "=", "8=FIX", "\xff", "\\x7c"))
  .map((parts) => parts.join(""));
const text = fc.oneof(bytes, tricky);

function unescaped(line: string): string {
  return line.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

test("every text of bytes is one printable line, from which it can be read back", () => {
  fc.assert(
    fc.property(text, (given) => {
      const [value, fields, exported] = [escaped(given), fieldsLine(given), exportLine(given)];
      expect(value).toMatch(/^[\x20-\x7e]*$/);
      expect(fields).toMatch(/^[\x20-\x7e]*$/);
      expect(exported).toMatch(/^[\x01\x20-\x7e]*$/);
      expect(unescaped(value)).toBe(given);
      expect(unescaped(fields.replaceAll("|", "\x01"))).toBe(given);
      expect(unescaped(exported)).toBe(given);
    }),
  );
});

test("a bar of the message is not a field's end, and a backslash is no escape", () => {
  const given = "58=a|b\x0111=\\x0a\x01";
  expect(fieldsLine(given)).toBe("58=a\\x7cb|11=\\x5cx0a|");
  expect(exportLine(given)).toBe("58=a|b\x0111=\\x5cx0a\x01");
  expect(escaped("a|b\n")).toBe("a|b\\x0a");
  expect(ownLine("is down: \\x0a\n")).toBe("is down: \\x0a\\x0a");
});
