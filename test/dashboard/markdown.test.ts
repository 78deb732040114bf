import { describe, expect, test } from "bun:test";
import { pages } from "../../appliance/manual/pages.ts";
import { type Block, blocksOf, spansOf } from "../../src/admin/dashboard/page/markdown.ts";

const paragraph = (text: string): Block[] => [{ kind: "paragraph", text }];

test("headings, paragraphs, lists, tables and code become what they are", () => {
  const text = `# Title of \`it\`

First line
second line.

- one
  more of one
- two

  \`\`\`
  code of two
  \`\`\`
  end of two
- three

1. first
2. second

| a | b |
|---|---|
| x \\| y | **bold** |

\`\`\`sh
if true

fi
\`\`\`

    indented

    code

<!-- not shown -->
Last.`;
  expect(blocksOf(text)).toEqual([
    { kind: "heading", level: 1, text: "Title of `it`" },
    { kind: "paragraph", text: "First line second line." },
    {
      kind: "list",
      ordered: false,
      items: [
        paragraph("one more of one"),
        [...paragraph("two"), { kind: "code", text: "code of two" }, ...paragraph("end of two")],
        paragraph("three"),
      ],
    },
    { kind: "list", ordered: true, items: [paragraph("first"), paragraph("second")] },
    { kind: "table", head: ["a", "b"], rows: [["x | y", "**bold**"]] },
    { kind: "code", text: "if true\n\nfi" },
    { kind: "code", text: "indented\n\ncode" },
    { kind: "paragraph", text: "Last." },
  ]);
});

test("marks within a line", () => {
  expect(spansOf("a **b** `c` [d `e`](f.md) g")).toEqual([
    { kind: "text", text: "a " },
    { kind: "bold", text: "b" },
    { kind: "text", text: " " },
    { kind: "code", text: "c" },
    { kind: "text", text: " " },
    { kind: "link", text: "d e", target: "f.md" },
    { kind: "text", text: " g" },
  ]);
});

/** All text of a block. */
function textOf(block: Block): string {
  if (block.kind === "list") return block.items.flat().map(textOf).join(" ");
  if (block.kind === "table") return [block.head, ...block.rows].flat().join(" ");
  return block.text;
}

/** Words without the marks of Markdown. */
function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

describe("the pages of the manual", () => {
  test.each(Object.keys(pages))("%s: no word is lost, and no table or fence is left as text", (name) => {
    const blocks = blocksOf(pages[name]!);
    const shown = pages[name]!.replaceAll(/<!--.*?-->/gs, "")
      .replaceAll(/^ *```\w*( \w+)?$/gm, "")
      .replaceAll(/^\d\. /gm, "");
    expect(wordsOf(blocks.map(textOf).join("\n"))).toEqual(wordsOf(shown));
    const paragraphs = blocks.filter(({ kind }) => kind === "paragraph").map(textOf);
    expect(paragraphs.filter((text) => /^\||```|^#/.test(text))).toEqual([]);
  });
});
