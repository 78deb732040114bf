import { XMLParser, XMLValidator } from "fast-xml-parser";

/** One element of an XML file, with its first line. */
export interface XmlElement {
  readonly name: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
}

/** A fault in a file, with its line. */
export class XmlProblem extends Error {
  constructor(
    readonly line: number,
    what: string,
  ) {
    super(what);
  }
}

type Node = Record<string | symbol, unknown>;

const ATTRIBUTES = ":@";
const META = XMLParser.getMetaDataSymbol() as unknown as symbol;

/** Reads the one root element of an XML text. Throws an XmlProblem. */
export function readXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new XmlProblem(valid.err.line, `expected well-formed XML, got: ${valid.err.msg}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    captureMetaData: true,
    processEntities: true,
  });
  const lines = lineStarts(text);
  const roots = elements(parser.parse(text) as Node[], lines);
  if (roots.length !== 1) throw new XmlProblem(1, `expected one root element, got ${roots.length}`);
  return roots[0]!;
}

function elements(nodes: readonly Node[], lines: readonly number[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name.startsWith("#")) return [];
    const { startIndex = 0 } = (node[META] ?? {}) as { startIndex?: number };
    return {
      name,
      line: lineAt(lines, startIndex),
      attributes: (node[ATTRIBUTES] ?? {}) as Record<string, string>,
      children: elements(node[name] as Node[], lines),
    };
  });
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= index) low = middle;
    else high = middle;
  }
  return low + 1;
}
