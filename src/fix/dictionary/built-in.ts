// Reads the built-in tables of one version.

import { dataType, earlyDataType, TEXT } from "./data-type.ts";
import {
  type DictionaryDescription,
  type FieldDescription,
  type MemberDescription,
  type MessageDescription,
  SESSION_TYPES,
  tagsOf,
} from "./description.ts";
import { FIELD_TYPES, FIELD_VALUES } from "./field-facts.ts";
import { GROUPS, MESSAGES, MSG_TYPES, TAGS } from "./message-facts.ts";

/** Versions with built-in tables, in the order of the marks in the tables; the last three use FIXT.1.1. */
export const BUILT_IN_VERSIONS = [
  "FIX.4.0",
  "FIX.4.1",
  "FIX.4.2",
  "FIX.4.3",
  "FIX.4.4",
  "FIX.5.0",
  "FIX.5.0SP1",
  "FIX.5.0SP2",
];

/** FIX.4.2 is the first version with data types for chars and quantities. */
const FIRST_TYPED = 2;
/** From 5.0 on the session layer is FIXT.1.1; its messages have no application tags. */
const FIRST_FIXT = 5;

interface Part {
  /** "part", "message", "header" or "trailer". */
  readonly kind: string;
  readonly name: string;
  readonly uses: readonly string[];
  readonly members: { tag: number; required: boolean }[];
}

/** Returns the built-in description of a version such as "FIX.4.2", or undefined. */
export function builtIn(name: string): DictionaryDescription | undefined {
  const version = BUILT_IN_VERSIONS.indexOf(name);
  if (version < 0) return undefined;
  const parts = readParts(version);
  const groups = readGroups(version);
  const byName = new Map(parts.map((part) => [part.name, part]));
  const whole = (part: Part): MemberDescription[] =>
    [part, ...part.uses.map((used) => byName.get(used)!)]
      .flatMap((each) => each.members)
      .sort((a, b) => a.tag - b.tag)
      .map((member) => withGroup(member, groups));
  const bodies = new Map(parts.filter(({ kind }) => kind === "message").map((part) => [part.name, part]));
  const messages: MessageDescription[] = marked(MSG_TYPES, version).map((msgType) => {
    const part = bodies.get(msgType);
    return { msgType, members: part === undefined ? null : whole(part) };
  });
  const header = whole(byName.get("header")!);
  const trailer = whole(byName.get("trailer")!);
  const described = { name, fields: readFields(version), header, trailer, messages };
  return version < FIRST_FIXT ? described : { ...described, transportTags: transportTags(described) };
}

/** All tags of the standard, in any version. */
export function standardTags(): number[] {
  return lines(TAGS).flatMap((line) => line.trim().split(/ +/).slice(1).flatMap(span));
}

function transportTags({ header, trailer, messages }: DictionaryDescription): number[] {
  const session = messages.filter(({ msgType }) => SESSION_TYPES.includes(msgType)).map(({ members }) => members ?? []);
  return [header, trailer, ...session].flatMap(tagsOf);
}

function withGroup(member: { tag: number; required: boolean }, groups: Map<number, number[]>): MemberDescription {
  const fields = groups.get(member.tag);
  if (fields === undefined) return member;
  return { ...member, group: fields.map((tag, i) => withGroup({ tag, required: i === 0 }, groups)) };
}

function readParts(version: number): Part[] {
  const parts: Part[] = [];
  for (const line of lines(MESSAGES)) {
    const words = line.trim().split(/ +/);
    if (!line.startsWith(" ")) {
      const uses = words.filter((word) => word.startsWith("+")).map((word) => word.slice(1));
      parts.push({ kind: words[0]!, name: words[1] ?? words[0]!, uses, members: [] });
    } else if (holds(words[0]!, version)) {
      for (const word of words.slice(1)) {
        const required = word.endsWith("!");
        for (const tag of span(required ? word.slice(0, -1) : word)) parts.at(-1)!.members.push({ tag, required });
      }
    }
  }
  return parts;
}

function readGroups(version: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const line of lines(joined(GROUPS))) {
    const [head, body] = line.split(":");
    const members = body!
      .trim()
      .split(/ +/)
      .map((word) => word.split("@"))
      .filter(([, mark]) => mark === undefined || holds(mark, version))
      .map(([tag]) => Number(tag));
    groups.set(Number(head!.split(" ")[0]), members);
  }
  return groups;
}

function readFields(version: number): FieldDescription[] {
  const values = readValues(version);
  const types = new Map<number, number>();
  for (const line of lines(FIELD_TYPES)) {
    const [type, ...spans] = line.split(" ");
    const code = (version < FIRST_TYPED ? earlyDataType : dataType)(type!)!;
    for (const tag of spans.flatMap(span)) types.set(tag, code);
  }
  return marked(TAGS, version)
    .flatMap(span)
    .map((tag) => ({ tag, type: types.get(tag) ?? TEXT, values: values.get(tag) ?? [] }));
}

function readValues(version: number): Map<number, string[]> {
  const values = new Map<number, string[]>();
  for (const line of lines(joined(FIELD_VALUES))) {
    const colon = line.indexOf(":");
    const tag = Number(line.slice(0, line.indexOf(" ")));
    const taken: string[] = [];
    let takes = true;
    for (const word of line
      .slice(colon + 1)
      .trim()
      .split(/ +/)) {
      if (word.startsWith("/")) takes = holds(word.slice(1), version);
      else if (takes) taken.push(...valueSpan(word));
    }
    values.set(tag, taken);
  }
  return values;
}

/** Returns the words of the lines whose mark includes a version. */
function marked(text: string, version: number): string[] {
  return lines(text)
    .map((line) => line.trim().split(/ +/))
    .filter(([mark]) => holds(mark!, version))
    .flatMap((words) => words.slice(1));
}

/** True when a mark such as "2-", "0-3" or "4" includes a version. */
function holds(mark: string, version: number): boolean {
  const dash = mark.indexOf("-");
  if (dash < 0) return Number(mark) === version;
  const until = mark.slice(dash + 1);
  return Number(mark.slice(0, dash)) <= version && (until === "" || version <= Number(until));
}

function span(word: string): number[] {
  const [from, to] = word.split("..").map(Number);
  return to === undefined ? [from!] : Array.from({ length: to - from! + 1 }, (_, i) => from! + i);
}

/** Expands spans of values such as `A..F` and `10..13`. */
function valueSpan(word: string): string[] {
  const [from, to] = word.split("..");
  if (to === undefined) return [word];
  if (from!.length > 1) return span(word).map(String);
  const first = from!.charCodeAt(0);
  return Array.from({ length: to.charCodeAt(0) - first + 1 }, (_, i) => String.fromCharCode(first + i));
}

/** Joins lines that begin with a space to the line before. */
function joined(text: string): string {
  return text.replaceAll("\n  ", " ");
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
