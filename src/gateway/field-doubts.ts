import { ascii } from "../base/ascii.ts";
import { type Problem, pathText, valueText } from "../config/problem.ts";
import type { VenueConfig } from "../config/schema.ts";
import { MULTIPLE } from "../fix/dictionary/data-type.ts";
import type { DictionaryDescription, MemberDescription } from "../fix/dictionary/description.ts";
import { hasFormat } from "../fix/dictionary/format.ts";

/** Messages to a venue that the configuration changes. */
const TYPES = ["D", "F", "G"] as const;
type Type = (typeof TYPES)[number];
const NAMES = { D: "new orders (35=D)", F: "cancels (35=F)", G: "replaces (35=G)" } as const;
/** Tags from here on are the users': only a dictionary of the venue's own knows them. */
const FIRST_USER_TAG = 5000;
/** Fields that the gateway or the client always gives. */
const ALWAYS_GIVEN = [11, 41, 55, 54, 38, 40];
/** Fields that say what a term means that the risk checks have seen. */
const MEANINGS: Readonly<Record<number, string>> = { 15: "Price (44)", 423: "Price (44)", 854: "OrderQty (38)" };
/** Fields of `symbols`, by key. */
const SYMBOL_TAGS = { securityId: 48, securityIdSource: 22, securityExchange: 207 } as const;

interface Doubts {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * Fields that the configuration of a venue adds, renames or drops, and that its version or dictionary has no place for. Those of `symbols`
 * are problems. Those of `fields` are only doubts, because a configuration that has traded must go on trading after an upgrade.
 */
export function fieldDoubts(name: string, venue: VenueConfig, dictionary: DictionaryDescription): Doubts {
  return new Venue(name, venue, dictionary).all();
}

class Venue {
  private readonly problems: Problem[] = [];
  private readonly warnings: Problem[] = [];
  private readonly members: Readonly<Record<Type, ReadonlyMap<number, MemberDescription> | null>>;

  constructor(
    private readonly name: string,
    private readonly venue: VenueConfig,
    private readonly dictionary: DictionaryDescription,
  ) {
    const of = (type: Type): ReadonlyMap<number, MemberDescription> | null => {
      const members = dictionary.messages.find(({ msgType }) => msgType === type)?.members ?? null;
      return members === null ? null : new Map(members.map((member) => [member.tag, member]));
    };
    this.members = { D: of("D"), F: of("F"), G: of("G") };
  }

  all(): Doubts {
    this.checkSymbols();
    const { fields } = this.venue;
    this.checkChanges([], fields, TYPES);
    for (const type of TYPES) this.checkChanges([type], fields[type], [type]);
    return { problems: this.problems, warnings: this.warnings };
  }

  private checkSymbols(): void {
    const rows = Object.values(this.venue.symbols);
    for (const [key, tag] of Object.entries(SYMBOL_TAGS)) {
      if (!rows.some((row) => row[key as keyof typeof SYMBOL_TAGS] !== undefined)) continue;
      const without = TYPES.filter((type) => !this.has(type, tag));
      if (without.length === 0) continue;
      this.problems.push({
        where: pathText(["venues", this.name, "symbols"]),
        what: `expected no ${key}, because ${this.dictionary.name} has no ${tag} in ${without.map((type) => NAMES[type]).join(", ")}`,
      });
    }
  }

  private checkChanges(
    at: readonly string[],
    { drop, rename, set }: { drop: readonly number[]; rename: Record<string, number>; set: Record<string, string> },
    types: readonly Type[],
  ): void {
    for (const [i, tag] of drop.entries()) this.checkDropped([...at, "drop", i], tag, types);
    for (const [from, to] of Object.entries(rename)) this.checkPlace([...at, "rename", from], to, types);
    for (const [tag, value] of Object.entries(set)) {
      this.checkPlace([...at, "set", tag], Number(tag), types);
      this.checkValue([...at, "set", tag], Number(tag), value);
    }
  }

  private warn(path: readonly (string | number)[], what: string): void {
    this.warnings.push({ where: pathText(["venues", this.name, "fields", ...path]), what });
  }

  /** True where the messages have the tag, or may have it. */
  private has(type: Type, tag: number): boolean {
    const members = this.members[type];
    const isUsers = tag >= FIRST_USER_TAG && this.venue.dictionary === undefined;
    return members === null || isUsers || members.has(tag);
  }

  private checkPlace(path: readonly (string | number)[], tag: number, types: readonly Type[]): void {
    const meant = MEANINGS[tag];
    if (meant !== undefined)
      this.warn(path, `${tag} says what ${meant} means: the venue may take it for another value than the risk checks`);
    const without = types.filter((type) => !this.has(type, tag));
    if (without.length === 0) return;
    const where = without.map((type) => NAMES[type]).join(", ");
    const other = without.length === types.length ? "" : ": name it under the types that have it, such as fields.D";
    this.warn(path, `${this.dictionary.name} has no ${tag} in ${where}, so the venue may reject them${other}`);
  }

  private checkValue(path: readonly (string | number)[], tag: number, value: string): void {
    const field = this.dictionary.fields.find((one) => one.tag === tag);
    if (field === undefined) return;
    const bytes = ascii(value);
    const values = field.type === MULTIPLE ? value.split(" ") : [value];
    const isListed = field.values.length === 0 || values.every((one) => field.values.includes(one));
    if (isListed && hasFormat(field.type, bytes, 0, bytes.length)) return;
    const wanted = field.values.length === 0 ? "a value of its type" : `one of ${shownValues(field.values)}`;
    this.warn(
      path,
      `${this.dictionary.name} has ${wanted} in ${tag}, got ${valueText(value)}: the venue may reject it`,
    );
  }

  /** A field that a venue requires, and that nobody gives any more. */
  private checkDropped(path: readonly (string | number)[], tag: number, types: readonly Type[]): void {
    if (ALWAYS_GIVEN.includes(tag)) return;
    const { fields } = this.venue;
    const isSet = (type: Type): boolean => String(tag) in fields.set || String(tag) in fields[type].set;
    const needing = types.filter((type) => this.members[type]?.get(tag)?.required === true && !isSet(type));
    if (needing.length === 0) return;
    const where = needing.map((type) => NAMES[type]).join(", ");
    this.warn(path, `${this.dictionary.name} requires ${tag} in ${where}: the venue may reject them`);
  }
}

const SHOWN = 12;

function shownValues(values: readonly string[]): string {
  const more = values.length > SHOWN ? ` … (${values.length - SHOWN} more)` : "";
  return `${values.slice(0, SHOWN).join(" ")}${more}`;
}
