/** Fields of CSV by line, read by RFC 4180 alone. */
export function fieldsOf(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (let at = 0; at < text.length; ) {
    let field = "";
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        field += text[at];
        if (text[at] === '"') at++;
      }
      at++;
    } else while (at < text.length && text[at] !== "," && text[at] !== "\r") field += text[at++];
    line.push(field);
    if (text[at] === "\r" && text[at + 1] === "\n") {
      lines.push(line);
      line = [];
      at += 2;
    } else if (text[at] === ",") at++;
    else throw new Error(`at ${at}: expected a comma or the end of a line, got ${JSON.stringify(text[at])}`);
  }
  return lines;
}
