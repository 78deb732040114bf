import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseToml } from "../../src/config/toml.ts";
import { parseInParts } from "../../src/config/toml-tables.ts";

const MANY = Array.from({ length: 700 }, (_, i) => `[symbols.S${i}]\nreferencePrice = "${i}.25"\n`);

/** What a file may have between its tables; some of it contradicts the rest. */
const PIECES = [
  "[symbols]\n",
  "[symbols.S3]\n",
  '[symbols."S4"]\nx = 1\n',
  '[symbols."BRK.B"]\nx = 1\n',
  "[symbols.S5.more]\nx = 1\n",
  "[symbols.S5.more.yet]\nx = 1\n",
  "[symbols.T.more]\nx = 1\n",
  "[symbols.T]\nx = 1\n",
  "[symbols]\nS6 = { x = 1 }\n",
  "[symbols]\nS900 = { x = 1 }\nS901.x = 1\n",
  "[symbols.S901]\nx = 1\n",
  "[[lanes.place]]\ncpu = 1\n",
  "[lanes.place.more]\nx = 1\n",
  "[[symbols.S7]]\nx = 1\n",
  "[[symbols.list]]\nx = 1\n",
  'x = """\n[symbols.S8]\n"""\n',
  "x = [\n  1,\n[2, 3],\n[4.5]\n]\n",
  "  [symbols.S702] # indented\nx = 1\n",
  "[ symbols . S703 ]\n",
  "[symbols.__proto__]\nx = 1\n",
  "[symbols.constructor]\nx = 1\n",
  "[risk.accounts.A]\nx = 1\n",
  "[risk.accounts.B]\r\nx = 1\r\n",
  "[risk]\naccounts = {}\n",
  "y = \n",
  "y = 1\ny = 2\n",
  "[symbols.S9\n",
];

function whole(text: string): unknown {
  try {
    return { value: Bun.TOML.parse(text) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

test("a file with many tables is parsed as the parser itself does, contradictions included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ piece: fc.constantFrom(...PIECES), at: fc.nat(MANY.length) }), { maxLength: 5 }),
      (insertions) => {
        const tables = [...MANY];
        for (const { piece, at } of insertions) tables.splice(at, 0, piece);
        const text = tables.join("");
        const expected = whole(text);
        const parsed = parseToml(text, "file");
        if ("value" in parsed) expect<unknown>({ value: parsed.value }).toEqual(expected);
        else expect(expected).toHaveProperty("fault");
      },
    ),
    { numRuns: 150 },
  );
});

test("the plain case is parsed in parts, and all of it is there", () => {
  const parsed = parseInParts(MANY.join("")) as { symbols: Record<string, { referencePrice: string }> };
  expect(Object.keys(parsed.symbols)).toEqual(MANY.map((_, i) => `S${i}`));
  expect(parsed.symbols.S699!.referencePrice).toBe("699.25");
  expect(parseInParts(MANY.slice(0, 10).join(""))).toBeUndefined();
});

test("a fault among many tables is named with its line", () => {
  const text = [...MANY, "[symbols.LAST]\nx = \n", ...MANY.map((table) => table.replace("symbols", "more"))].join("");
  expect(parseToml(text, "file")).toMatchObject({ problem: { where: "file:1402" } });
});
