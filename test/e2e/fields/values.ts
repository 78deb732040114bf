import fc from "fast-check";
import type { Field } from "../../../src/counterparty/message.ts";
import * as type from "../../../src/fix/dictionary/data-type.ts";
import type {
  DictionaryDescription,
  FieldDescription,
  MemberDescription,
} from "../../../src/fix/dictionary/description.ts";
import { drawn } from "../../property.ts";

/** One thing that a message body can say: a field, a data field behind its length, or a group with all its entries. */
export interface Item {
  readonly tag: number;
  readonly fields: readonly Field[];
}

/** Data fields by their length fields (FIX 5.0SP2 Volume 6). */
export const DATA_OF = new Map<number, number>([
  ...([90, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621, 1184] as const).map(
    (tag) => [tag, tag + 1] as const,
  ),
  [93, 89],
]);

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });
const two = (from: number, to: number): fc.Arbitrary<string> =>
  fc.integer({ min: from, max: to }).map((value) => String(value).padStart(2, "0"));
const joined = (...parts: (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((list) => list.join(""));
const sometimes = (part: fc.Arbitrary<string>, weight = 1): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant("") }, { weight, arbitrary: part });

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
/** Bytes of other encodings, and characters that a log or a journal could take for its own. */
const ODD = [..."\t\n\r\x1b\x7f\x80\xa5\xc3\xe9\xff"];
const character = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...PRINTABLE) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD) },
);
const words = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: character, minLength: 1, maxLength: 24 }) },
  { weight: 1, arbitrary: fc.string({ unit: character, minLength: 57, maxLength: 160 }) },
);
const whole = fc.oneof(digits(1, 6), digits(1, 18));
const decimal = joined(
  sometimes(fc.constant("-")),
  fc.oneof(
    whole,
    joined(digits(1, 7), ".", digits(1, 4)),
    joined(digits(1, 9), ".", digits(5, 12)),
    joined(".", digits(1, 8)),
    joined(digits(1, 3), "."),
  ),
);
const decimals = fc.oneof(
  fc.constant(""),
  joined(".", digits(3, 3)),
  fc.integer({ min: 0, max: 12 }).chain((count) => (count === 0 ? fc.constant("") : joined(".", digits(count, count)))),
);
const time = joined(two(0, 23), ":", two(0, 59), ":", two(0, 59), decimals);
const date = joined(
  fc.integer({ min: 1999, max: 2031 }).map(String),
  fc.oneof(joined(two(1, 12), two(1, 28)), fc.constantFrom("0131", "0430", "1231")),
);
const zone = fc.oneof(
  fc.constant("Z"),
  joined(fc.constantFrom("+", "-"), two(0, 12), sometimes(joined(":", fc.constantFrom("00", "30")))),
);
const zoned = joined(two(0, 23), ":", two(0, 59), fc.oneof(fc.constant(""), joined(":", two(0, 59), decimals)), zone);
const monthYear = fc.oneof(
  date,
  joined(fc.constantFrom("2026", "2027"), two(1, 12)),
  joined(fc.constantFrom("2026", "2027"), two(1, 12), "w", fc.constantFrom(..."12345")),
);
const bytes = fc.string({
  unit: fc.oneof(
    { weight: 6, arbitrary: character },
    { weight: 1, arbitrary: fc.constantFrom("\x01", "=", "\x00", "\x0158=x") },
  ),
  minLength: 1,
  maxLength: 40,
});

/** By data type. */
const VALUES: Readonly<Record<number, fc.Arbitrary<string>>> = {
  [type.TEXT]: words,
  [type.INT]: joined(sometimes(fc.constant("-")), whole),
  [type.UNSIGNED]: whole,
  [type.DECIMAL]: decimal,
  [type.CHAR]: fc.constantFrom(...PRINTABLE.slice(1)),
  [type.BOOLEAN]: fc.constantFrom("Y", "N"),
  [type.UTC_TIMESTAMP]: joined(date, "-", time),
  [type.UTC_TIME]: time,
  [type.DATE]: date,
  [type.MONTH_YEAR]: monthYear,
  [type.DAY_OF_MONTH]: fc.integer({ min: 1, max: 31 }).map(String),
  [type.MULTIPLE]: words,
  [type.DATA]: bytes,
  [type.TZ_TIME]: zoned,
  [type.TZ_TIMESTAMP]: joined(date, "-", zoned),
};

/** As FIX.4.0 and 4.1 have them, and months of all versions before 4.3. */
const EARLY_TIMES: Readonly<Record<number, fc.Arbitrary<string>>> = {
  [type.UTC_TIMESTAMP]: joined(date, "-", two(0, 23), ":", two(0, 59), ":", two(0, 59)),
  [type.UTC_TIME]: joined(two(0, 23), ":", two(0, 59), ":", two(0, 59)),
};
const EARLY_MONTHS = { [type.MONTH_YEAR]: joined(fc.constantFrom("2026", "2027"), two(1, 12)) };

/** Values of a tag that a test replaces. */
export type Chosen = Readonly<Record<number, fc.Arbitrary<string>>>;

/** A price that a record holds exactly, near the reference price of the tests. */
export const heldPrice = fc.oneof(
  fc.integer({ min: 1, max: 1600 }).map(String),
  joined(fc.integer({ min: 1, max: 1500 }).map(String), ".", digits(1, 8)),
  joined("00", fc.integer({ min: 1, max: 99 }).map(String), ".500"),
);

/** The longest id that a request may have. */
const ID_BYTES = 64;
export const heldId = fc.string({ unit: character, minLength: 1, maxLength: ID_BYTES });

/** Random items of the messages of one dictionary. */
export class Items {
  private readonly fields: ReadonlyMap<number, FieldDescription>;
  private readonly values: Readonly<Record<number, fc.Arbitrary<string>>>;

  constructor(
    dictionary: DictionaryDescription,
    private readonly chosen: Chosen = {},
  ) {
    this.fields = new Map(dictionary.fields.map((field) => [field.tag, field]));
    const { name } = dictionary;
    const times = ["FIX.4.0", "FIX.4.1"].includes(name) ? EARLY_TIMES : {};
    const months = ["FIX.4.0", "FIX.4.1", "FIX.4.2"].includes(name) ? EARLY_MONTHS : {};
    this.values = { ...VALUES, ...times, ...months };
  }

  /** Every allowed value of a field with a list, `count` random ones of others. */
  alone(member: MemberDescription, count: number): Item[] {
    const { tag, group } = member;
    const values = this.chosen[tag] === undefined ? (this.fields.get(tag)?.values ?? []) : [];
    if (group !== undefined) {
      const whole = fc.array(this.entry(group, true), { minLength: 1, maxLength: 1 });
      return [...samples(this.group(tag, whole), 1), ...samples(this.random(member), count - 1)];
    }
    if (values.length === 0) return samples(this.random(member), count);
    const lists = this.fields.get(tag)!.type === type.MULTIPLE ? samples(this.random(member), count) : [];
    return [...values.map((value) => ({ tag, fields: [[tag, value] as const] })), ...lists];
  }

  random(member: MemberDescription): fc.Arbitrary<Item> {
    const { tag, group } = member;
    if (group !== undefined) return this.group(tag, fc.array(this.entry(group, false), { minLength: 1, maxLength: 3 }));
    const data = DATA_OF.get(tag);
    if (data !== undefined)
      return bytes.map((value) => ({
        tag,
        fields: [
          [tag, value.length],
          [data, value],
        ],
      }));
    return this.value(tag).map((value) => ({ tag, fields: [[tag, value]] }));
  }

  private group(tag: number, entries: fc.Arbitrary<Item[][]>): fc.Arbitrary<Item> {
    return entries.map((list) => ({
      tag,
      fields: [[tag, list.length], ...list.flat().flatMap(({ fields }) => fields)],
    }));
  }

  /** Members of one entry in the dictionary's order: the first, required ones, and all or some of the others. */
  private entry(group: readonly MemberDescription[], all: boolean): fc.Arbitrary<Item[]> {
    const members = unpaired(group);
    const parts = members.map((member, i) => {
      const item: fc.Arbitrary<Item> =
        all && member.group !== undefined
          ? this.group(member.tag, fc.array(this.entry(member.group, true), { minLength: 1, maxLength: 1 }))
          : this.random(member);
      if (i === 0 || member.required || all) return item;
      return fc.option(item, { nil: null, freq: members.length > 12 ? 1 : 3 });
    });
    return fc.tuple(...parts).map((list) => list.filter((item) => item !== null));
  }

  private value(tag: number): fc.Arbitrary<string> {
    const chosen = this.chosen[tag];
    if (chosen !== undefined) return chosen;
    const field = this.fields.get(tag);
    if (field === undefined) throw new Error(`no field ${tag}`);
    const { values } = field;
    if (values.length === 0) return this.values[field.type]!;
    if (field.type !== type.MULTIPLE) return fc.constantFrom(...values);
    return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 4 }).map((list) => list.join(" "));
  }
}

/** Members without data fields, which come with their lengths. */
export function unpaired(members: readonly MemberDescription[]): MemberDescription[] {
  const lengths = members.flatMap(({ tag }) => DATA_OF.get(tag) ?? []);
  return members.filter(({ tag }) => !lengths.includes(tag));
}

let draws = 0;

/** The same values in every run of the same test file. */
export function samples<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  if (count <= 0) return [];
  const { numRuns, seed } = drawn(count);
  return fc.sample(arbitrary, { numRuns, seed: (seed + ++draws) | 0 });
}
