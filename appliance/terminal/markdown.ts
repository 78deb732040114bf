const BOLD = "\x1b[1m";
const PLAIN = "\x1b[0m";
const CODE = "\x1b[36m";
const MARKS = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

/**
 * Markdown as a terminal shows it: headings and names stand out, paragraphs fill the width, a table's row is its first cell
 * with the others indented below it. Reads the Markdown of our own pages: headings, lists, tables, code and links.
 */
export function terminalText(markdown: string, width: number): string {
  const out: string[] = [];
  const blocks = markdown.replaceAll(/<!--.*?-->\n*/gs, "").split(/\n{2,}(?=\S)/);
  for (const block of fencesWhole(blocks)) {
    if (block.startsWith("```"))
      out.push(
        block
          .split("\n")
          .slice(1, -1)
          .map((line) => `    ${line}`)
          .join("\n"),
      );
    else if (block.startsWith("    ")) out.push(block);
    else if (block.startsWith("|")) out.push(table(block, width));
    else if (block.startsWith("#")) out.push(`${BOLD}${block.replace(/^#+ /, "").replaceAll("`", "")}${PLAIN}`);
    else
      out.push(
        block
          .split(/\n(?=(?:[-*]|\d+\.) )/)
          .map((item) => paragraph(item, width))
          .join("\n"),
      );
  }
  return out.join("\n\n");
}

/** Joins the parts of fenced code that has empty lines. */
function fencesWhole(blocks: readonly string[]): string[] {
  const whole: string[] = [];
  for (const block of blocks) {
    const open = whole.at(-1)?.startsWith("```") === true && !whole.at(-1)!.trimEnd().slice(3).endsWith("```");
    if (open) whole[whole.length - 1] += `\n\n${block}`;
    else whole.push(block.trimEnd());
  }
  return whole;
}

function paragraph(block: string, width: number): string {
  const bullet = /^(?:[-*]|\d+\.) /.exec(block)?.[0] ?? "";
  const lines = wrapped(block.slice(bullet.length), width - bullet.length);
  return lines.map((line, i) => (i === 0 ? bullet : " ".repeat(bullet.length)) + line).join("\n");
}

function table(block: string, width: number): string {
  const rows = block.split("\n").map((line) =>
    line
      .replaceAll("\\|", "\0")
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("\0", "|")),
  );
  return rows
    .filter((_, i) => i !== 1)
    .map((cells, i) => {
      const rest = cells
        .slice(1)
        .filter((cell) => cell !== "")
        .join(" · ");
      const first = i === 0 && cells[0] !== "" ? `**${cells[0]}**` : cells[0]!;
      const lines = wrapped(rest, width - 4).map((line) => `    ${line}`);
      return [...wrapped(first, width), ...lines].filter((line) => line.trim() !== "").join("\n");
    })
    .join("\n");
}

/** Text in lines of at most `width` visible characters, with its marks turned into colours. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let length = 0;
  for (const word of coloured(text).split(/\s+/)) {
    const size = Bun.stringWidth(word);
    if (length > 0 && length + 1 + size > width) {
      lines.push(line);
      line = "";
      length = 0;
    }
    line += length === 0 ? word : ` ${word}`;
    length += size + (length === 0 ? 0 : 1);
  }
  return [...lines, line];
}

/** Each word of a mark carries its own colour, so that a line may end inside it. */
function coloured(text: string): string {
  const inColour = (colour: string, words: string): string =>
    words
      .split(/\s+/)
      .map((word) => `${colour}${word}${PLAIN}`)
      .join(" ");
  return text.replaceAll(MARKS, (_, bold, code, label, target) => {
    if (bold !== undefined) return inColour(BOLD, bold.replaceAll("`", ""));
    if (code !== undefined) return inColour(CODE, code);
    return target.endsWith(".md") ? `${label} (${inColour(CODE, `sallyport manual ${target.slice(0, -3)}`)})` : label;
  });
}
