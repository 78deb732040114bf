import { readFileSync } from "node:fs";
import { type Problem, pathText } from "../config/problem.ts";
import type { GatewayConfig, VenueConfig } from "../config/schema.ts";
import { builtIn } from "../fix/dictionary/built-in.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import { withTransport } from "../fix/dictionary/xml/combine.ts";
import { readQuickfixXml, type XmlWarning } from "../fix/dictionary/xml/quickfix-xml.ts";
import { XmlProblem } from "../fix/dictionary/xml/xml-tree.ts";
import { fieldDoubts } from "./field-doubts.ts";
import type { Dialects } from "./validators.ts";

interface Session {
  readonly version: string;
  readonly dictionary?: string;
  readonly transportDictionary?: string;
}

interface LoadedDialects {
  readonly dialects: Dialects;
  readonly problems: Problem[];
  /** Places of the files whose meaning is in doubt, and how they are read. */
  readonly warnings: Problem[];
}

/** Reads the dictionaries that a configuration names, each file once. Returns them and every problem found. */
export function loadDialects(config: GatewayConfig): LoadedDialects {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const files = new Map<string, DictionaryDescription | null>();
  const whole = new Map<string, DictionaryDescription>();
  const clients: Record<string, DictionaryDescription> = {};
  const venues: Record<string, DictionaryDescription> = {};

  const read = (file: string, path: string[]): DictionaryDescription | null => {
    if (!files.has(file)) files.set(file, readFile(file, path, problems, warnings));
    return files.get(file)!;
  };
  const load = (session: Session, path: string[], into: Record<string, DictionaryDescription>): void => {
    const { dictionary, transportDictionary } = session;
    if (dictionary === undefined && transportDictionary === undefined) return;
    const version = builtIn(session.version)!;
    const application = dictionary === undefined ? version : read(dictionary, [...path, "dictionary"]);
    const transport =
      transportDictionary === undefined ? version : read(transportDictionary, [...path, "transportDictionary"]);
    if (application === null || transport === null) return;
    // Sessions with the same dictionaries share one description, here and in the lanes.
    const key = JSON.stringify([dictionary, transportDictionary, version.name]);
    const shared = whole.get(key) ?? withTransport(application, transport);
    whole.set(key, shared);
    into[path.at(-1)!] = shared;
  };

  for (const [name, session] of Object.entries(config.client.sessions))
    load(session, ["client", "sessions", name], clients);
  for (const [name, venue] of Object.entries(config.venues)) load(venue, ["venues", name], venues);
  for (const [name, venue] of Object.entries(config.venues)) {
    const dictionary = venues[name] ?? builtIn(venue.version);
    if (!changesFields(venue) || dictionary === undefined) continue;
    const doubts = fieldDoubts(name, venue, dictionary);
    problems.push(...doubts.problems);
    warnings.push(...doubts.warnings);
  }
  return { dialects: { clients, venues }, problems, warnings };
}

/** True for a venue whose configuration adds, renames or drops fields. */
function changesFields({ fields, symbols }: VenueConfig): boolean {
  if (Object.keys(symbols).length > 0) return true;
  return [fields, fields.D, fields.F, fields.G].some(
    ({ drop, rename, set }) => drop.length + Object.keys(rename).length + Object.keys(set).length > 0,
  );
}

function readFile(
  file: string,
  path: string[],
  problems: Problem[],
  warnings: Problem[],
): DictionaryDescription | null {
  const where = pathText(path);
  const doubts: XmlWarning[] = [];
  try {
    const description = readQuickfixXml(readFileSync(file, "utf8"), file, doubts);
    for (const { line, what } of doubts) warnings.push({ where, what: `${file} line ${line}: ${what}` });
    return description;
  } catch (error) {
    const what =
      error instanceof XmlProblem
        ? `${file} line ${error.line}: ${error.message}`
        : `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`;
    problems.push({ where, what });
    return null;
  }
}
