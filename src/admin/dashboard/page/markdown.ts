/** What our own pages are made of: headings, paragraphs, lists, tables and code. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly text: string };

/** Part of a line. */
export type Span =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bold"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly target: string };

const ITEM = /^(?:[-*]|\d+\.) /;
const MARKS = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

/** Reads a page. It makes no HTML: whoever shows it makes elements with text. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.replaceAll(/<!--.*?-->\n*/gs, "").split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    if (line.trim() === "") at++;
    else if (line.startsWith("```")) at = fenced(lines, at, blocks);
    else if (line.startsWith("    ")) at = indented(lines, at, blocks);
    else if (line.startsWith("|")) at = table(lines, at, blocks);
    else if (/^#{1,6} /.test(line)) at = heading(line, at, blocks);
    else if (ITEM.test(line)) at = list(lines, at, blocks);
    else at = paragraph(lines, at, blocks);
  }
  return blocks;
}

export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    if (match.index > from) spans.push({ kind: "text", text: text.slice(from, match.index) });
    const [, bold, code, label, target] = match;
    if (bold !== undefined) spans.push({ kind: "bold", text: bold.replaceAll("`", "") });
    else if (code !== undefined) spans.push({ kind: "code", text: code });
    else spans.push({ kind: "link", text: label!.replaceAll("`", ""), target: target! });
    from = match.index + match[0].length;
  }
  if (from < text.length) spans.push({ kind: "text", text: text.slice(from) });
  return spans;
}

function heading(line: string, at: number, blocks: Block[]): number {
  const level = line.indexOf(" ");
  blocks.push({ kind: "heading", level, text: line.slice(level + 1) });
  return at + 1;
}

function fenced(lines: readonly string[], at: number, blocks: Block[]): number {
  const text: string[] = [];
  for (at++; at < lines.length && !lines[at]!.startsWith("```"); at++) text.push(lines[at]!);
  blocks.push({ kind: "code", text: text.join("\n") });
  return at + 1;
}

/** Empty lines belong to it where more of it follows. */
function indented(lines: readonly string[], at: number, blocks: Block[]): number {
  const text: string[] = [];
  for (; at < lines.length && (lines[at]!.startsWith("    ") || lines[at]!.trim() === ""); at++)
    text.push(lines[at]!.slice(4));
  blocks.push({ kind: "code", text: text.join("\n").trimEnd() });
  return at;
}

function table(lines: readonly string[], at: number, blocks: Block[]): number {
  const rows: string[][] = [];
  for (; at < lines.length && lines[at]!.startsWith("|"); at++) rows.push(cells(lines[at]!));
  const [head, , ...body] = rows;
  blocks.push({ kind: "table", head: head!, rows: body });
  return at;
}

function cells(line: string): string[] {
  return line
    .replaceAll("\\|", "\0")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("\0", "|"));
}

/** What is indented belongs to its item, empty lines within it, too. */
function list(lines: readonly string[], at: number, blocks: Block[]): number {
  const items: string[][] = [];
  const ordered = /^\d/.test(lines[at]!);
  const isItem = (line: string | undefined): boolean =>
    line !== undefined && ITEM.test(line) && /^\d/.test(line) === ordered;
  const isWithin = (line: string | undefined): boolean => line !== undefined && /^ {2,}\S/.test(line);
  for (; at < lines.length; at++) {
    const line = lines[at]!;
    const marker = ITEM.exec(line)?.[0];
    if (marker !== undefined) items.push([line.slice(marker.length)]);
    else if (line.trim() !== "") items.at(-1)!.push(line.replace(ordered ? /^ {1,3}/ : /^ {1,2}/, ""));
    else if (isWithin(lines[at + 1])) items.at(-1)!.push("");
    else if (!isItem(lines[at + 1])) break;
  }
  blocks.push({ kind: "list", ordered, items: items.map((item) => blocksOf(item.join("\n"))) });
  return at;
}

function paragraph(lines: readonly string[], at: number, blocks: Block[]): number {
  const text: string[] = [];
  for (; at < lines.length && lines[at]!.trim() !== "" && !/^(?:```|\||#{1,6} )/.test(lines[at]!); at++)
    text.push(lines[at]!.trim());
  blocks.push({ kind: "paragraph", text: text.join(" ") });
  return at;
}
