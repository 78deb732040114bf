import fc from "fast-check";
import { type Field, type Message, SOH } from "../../../src/counterparty/message.ts";
import { atLeast, type Version } from "../../../src/counterparty/version.ts";
import { builtIn } from "../../../src/fix/dictionary/built-in.ts";
import { MONTH_YEAR, UTC_TIME, UTC_TIMESTAMP } from "../../../src/fix/dictionary/data-type.ts";
import {
  type DictionaryDescription,
  type FieldDescription,
  type MemberDescription,
  tagsOf,
} from "../../../src/fix/dictionary/description.ts";
import { DATA_OF, type Item, type Items, samples, unpaired } from "./values.ts";

/** Requests, and what venues answer. */
export type MsgType = "D" | "F" | "G" | "8" | "9";

/** What one message says beside what it must say. */
export interface Case {
  readonly items: readonly Item[];
}

/** The built-in tables of one version. */
export class Tables {
  readonly dictionary: DictionaryDescription;
  private readonly frame: ReadonlySet<number>;
  private readonly fields: ReadonlyMap<number, FieldDescription>;
  private readonly byType: ReadonlyMap<string, ReadonlyMap<number, MemberDescription>>;

  constructor(readonly version: Version) {
    this.dictionary = builtIn(version)!;
    const { header, trailer, messages } = this.dictionary;
    this.frame = new Set(tagsOf([...header, ...trailer]));
    this.fields = new Map(this.dictionary.fields.map((field) => [field.tag, field]));
    this.byType = new Map(
      messages.map(({ msgType, members }) => [msgType, new Map((members ?? []).map((member) => [member.tag, member]))]),
    );
  }

  members(msgType: MsgType): MemberDescription[] {
    return [...this.byType.get(msgType)!.values()];
  }

  has(msgType: MsgType, tag: number): boolean {
    return this.byType.get(msgType)!.has(tag);
  }

  needs(msgType: MsgType, tag: number): boolean {
    return this.byType.get(msgType)!.get(tag)?.required === true;
  }

  /** Allowed values of a field; empty: any. */
  valuesOf(tag: number): readonly string[] {
    return this.fields.get(tag)?.values ?? [];
  }

  /** True when the message has an item here, with all fields of its entries at their places. */
  hasItem(msgType: MsgType, item: Item): boolean {
    const member = this.byType.get(msgType)!.get(item.tag);
    return member !== undefined && endOf(member, item.fields, 0) === item.fields.length;
  }

  /** True when all values of the item are allowed here. */
  allows(item: Item): boolean {
    return item.fields.every(([tag, value]) => {
      const { type = 0, values = [] } = this.fields.get(tag) ?? {};
      const text = String(value);
      if (type === MONTH_YEAR && !atLeast(this.version, "FIX.4.3")) return text.length === 6;
      if ((type === UTC_TIMESTAMP || type === UTC_TIME) && !atLeast(this.version, "FIX.4.2"))
        return !text.includes(".");
      return values.length === 0 || text.split(" ").every((one) => values.includes(one));
    });
  }

  /** The items of a received body, by tag. Fields that no group of the message has are items by themselves. */
  itemsOf(message: Message, msgType: MsgType): Map<number, Item> {
    const fields = fieldsOf(message.raw);
    const items = new Map<number, Item>();
    const members = this.byType.get(msgType)!;
    for (let i = 0; i < fields.length; ) {
      const [tag] = fields[i]!;
      const from = i++;
      const group = members.get(tag)?.group;
      if (group !== undefined) {
        const inside = new Set(tagsOf(group));
        while (i < fields.length && inside.has(fields[i]![0])) i++;
      } else if (DATA_OF.has(tag)) i++;
      if (this.frame.has(tag)) continue;
      // A tag that comes twice is no item that anybody said.
      items.set(tag, { tag, fields: [...(items.get(tag)?.fields ?? []), ...fields.slice(from, i)] });
    }
    return items;
  }
}

/** The index behind a member that begins at `from`, with its data or its entries, or −1 where it is no such member. */
function endOf({ tag, group }: MemberDescription, fields: readonly Field[], from: number): number {
  if (fields[from]?.[0] !== tag) return -1;
  let i = from + (DATA_OF.has(tag) ? 2 : 1);
  for (let entries = Number(fields[from]![1]); group !== undefined && entries > 0; entries--) {
    const first = i;
    for (let member = group[0]; member !== undefined; ) {
      i = endOf(member, fields, i);
      if (i < 0) return -1;
      member = fields[i]?.[0] === group[0]!.tag ? undefined : group.find((one) => one.tag === fields[i]?.[0]);
    }
    if (i === first) return -1;
  }
  return i;
}

/** All fields of a message; the length of a data field counts. */
function fieldsOf(raw: string): Field[] {
  const fields: Field[] = [];
  let length = -1;
  for (let at = 0; at < raw.length; ) {
    const equal = raw.indexOf("=", at);
    const tag = Number(raw.slice(at, equal));
    const end = length >= 0 ? equal + 1 + length : raw.indexOf(SOH, equal);
    const value = raw.slice(equal + 1, end);
    fields.push([tag, value]);
    length = DATA_OF.has(tag) ? Number(value) : -1;
    at = end + 1;
  }
  return fields;
}

const MOST_BYTES = 3_000;
const MOST_FIELDS = 250;
const MOST_IN_A_SET = 24;
/** Characters of a message in a fault. */
const MOST_SHOWN = 240;

/** Each member by itself, with `each` random values or each value of its list; then random sets of members. */
export function casesOf(members: readonly MemberDescription[], items: Items, each: number, sets: number): Case[] {
  const known = unpaired(members);
  const alone = known.flatMap((member) => items.alone(member, each).map((item) => ({ items: [item] })));
  const some = fc
    .shuffledSubarray(known, { minLength: 2, maxLength: Math.min(MOST_IN_A_SET, known.length) })
    .chain((chosen) => fc.tuple(...chosen.map((member) => items.random(member))))
    .map((list) => ({ items: bounded(list) }));
  return [...alone, ...samples(some, sets)];
}

/** As many of the items as one message of bounded length takes. */
function bounded(items: readonly Item[]): Item[] {
  let bytes = 0;
  let count = 0;
  return items.filter(({ fields }) => {
    const more = textOf(fields).length;
    if (bytes + more > MOST_BYTES || count + fields.length > MOST_FIELDS) return false;
    bytes += more;
    count += fields.length;
    return true;
  });
}

/** The body of a message: `base`, with the values of the case, and the fields beside them. */
export function bodyOf(base: readonly Field[], { items }: Case): Field[] {
  const said = new Set(items.map(({ tag }) => tag));
  return [...base.filter(([tag]) => !said.has(tag)), ...items.flatMap(({ fields }) => fields)];
}

/** What an order, a replace or a cancel must say. */
export function requestBase(tables: Tables, type: "D" | "F" | "G", terms: Record<number, string>): Field[] {
  const values: Record<number, string> = {
    1: terms[1]!,
    21: "1",
    38: terms[38]!,
    40: "2",
    44: terms[44]!,
    54: "1",
    55: terms[55]!,
    60: "20260302-10:11:12.345",
    125: "F",
  };
  const optional = type === "F" ? [1, 38, 55] : [1, 38, 40, 44, 55];
  return Object.entries(values)
    .map(([tag, value]): Field => [Number(tag), value])
    .filter(([tag]) => tables.needs(type, Number(tag)) || (optional.includes(tag) && tables.has(type, tag)));
}

/** What a report must say: that it acknowledges an order, or fills 10 of it. */
export function reportBase(tables: Tables, kind: "new" | "fill", order: Message): Field[] {
  const { version } = tables;
  const quantity = order.number(38);
  const isFill = kind === "fill";
  const values: Record<number, string | undefined> = {
    6: isFill ? "150" : "0",
    14: isFill ? "10" : "0",
    20: atLeast(version, "FIX.4.3") ? undefined : "0",
    31: isFill ? "150" : atLeast(version, "FIX.4.2") ? undefined : "0",
    32: isFill ? "10" : atLeast(version, "FIX.4.2") ? undefined : "0",
    38: atLeast(version, "FIX.4.2") ? undefined : String(quantity),
    39: isFill ? "1" : "0",
    54: "1",
    55: order.text(55),
    150: isFill ? (atLeast(version, "FIX.4.3") ? "F" : "1") : "0",
    151: String(isFill ? quantity - 10 : quantity),
  };
  return Object.entries(values).flatMap(([tag, value]): Field[] =>
    value === undefined || !tables.has("8", Number(tag)) ? [] : [[Number(tag), value]],
  );
}

/** Numbers that records hold: equal in value is equal. */
const HELD_NUMBERS = [6, 14, 31, 32, 38, 44, 99, 151];

export function isSame(sent: Item, got: Item | undefined): boolean {
  if (got === undefined) return false;
  if (sent.fields.length === 1 && got.fields.length === 1 && HELD_NUMBERS.includes(sent.tag))
    return normal(String(sent.fields[0]![1])) === normal(String(got.fields[0]![1]));
  return textOf(sent.fields) === textOf(got.fields);
}

/** Equal but for the order of fields in a group, which each version's dictionary has for itself. */
export function hasSameFields(sent: Item, got: Item | undefined): boolean {
  if (got === undefined) return false;
  const sorted = ({ fields }: Item): string[] => fields.map((field) => textOf([field])).sort();
  return isSame(sent, got) || (sent.fields.length > 2 && sorted(sent).join() === sorted(got).join());
}

/** A decimal without zeros that say nothing. */
function normal(text: string): string {
  const [, sign, before, after = ""] = /^(-?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  if (before === undefined) return text;
  const value = `${before === "" ? "0" : before}${after === "" ? "" : `.${after}`}`;
  return value === "0" ? value : sign + value;
}

function textOf(fields: readonly Field[]): string {
  return fields.map(([tag, value]) => `${tag}=${value}|`).join("");
}

/** "|" behind each field, escapes for what a terminal can't show. */
export function shown(fields: readonly Field[]): string {
  return escaped(textOf(fields));
}

export function escaped(raw: string): string {
  const text = raw.replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}… (${text.length})` : text;
}
