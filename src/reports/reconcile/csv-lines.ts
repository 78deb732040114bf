/** One line of CSV, with the number of the text's line on which it begins. */
export interface CsvLine {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Reads CSV as RFC 4180 has it; lines may also end with LF alone. Throws one line for a quote that does not end. */
export function* csvLines(text: string): Iterable<CsvLine> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let line = 1; at < text.length; ) {
    const began = line;
    const fields: string[] = [];
    for (let isMore = true; isMore; ) {
      let field = "";
      if (text[at] === '"') {
        const end = quoteEnd(text, at + 1);
        if (end < 0) throw new Error(`line ${began}: expected a quote at the end of a field, got none`);
        field = text.slice(at + 1, end).replaceAll('""', '"');
        line += field.split("\n").length - 1;
        at = end + 1;
      }
      for (; at < text.length && !",\r\n".includes(text[at]!); at++) field += text[at];
      fields.push(field);
      isMore = text[at] === ",";
      if (isMore) at++;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    if (fields.length > 1 || fields[0] !== "") yield { line: began, fields };
  }
}

/** Position of the quote that ends a field; two are one of the text. */
function quoteEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}
