import { fitsPattern, isPattern } from "../base/name-pattern.ts";
import { didYouMean, type Problem, pathText, valueText } from "./problem.ts";
import {
  MOST_NAME_CONDITIONS,
  MOST_RULES,
  MOST_TEXT_CONDITIONS,
  MOST_VENUES,
  quantityOf,
  RULE_ORDER_TYPES,
  RULE_SIDES,
} from "./routing.ts";

type Table = Record<string, unknown>;
type Key = string | number;

/** Lists of a rule, each a condition. */
const LISTS = ["sessions", "accounts", "symbols", "securityTypes", "exDestinations", "orderTypes", "sides"] as const;
type List = (typeof LISTS)[number];

/** Numbers of the names that a condition means, each a bit. */
type Bits = Uint32Array;

/** One rule with what its conditions mean; null: none. */
interface Meant {
  readonly place: number;
  readonly lists: Readonly<Record<List, Bits | null>>;
  readonly min: bigint | null;
  readonly max: bigint | null;
}

/**
 * Routing rules that name what does not exist, that no order can fit, or that an earlier rule leaves no order to. As in consistency.ts,
 * values of a wrong type are skipped.
 */
export function routingProblems(file: Table): Problem[] {
  const rules = tableOf(file.routing).rules;
  // Another check says that there are too many.
  if (!Array.isArray(rules) || rules.length > MOST_RULES) return [];
  return new RuleProblems(file, rules.map(tableOf)).all();
}

class RuleProblems {
  private readonly problems: Problem[] = [];
  private readonly names: Readonly<Record<"venues" | "sessions" | "accounts" | "symbols", readonly string[]>>;
  /** By list, the values of all rules in an order: their numbers. */
  private readonly numbers = new Map<List, Map<string, number>>();

  constructor(
    private readonly file: Table,
    private readonly rules: readonly Table[],
  ) {
    this.names = {
      venues: Object.keys(tableOf(file.venues)),
      sessions: Object.keys(tableOf(tableOf(file.client).sessions)),
      accounts: Object.keys(tableOf(tableOf(file.risk).accounts)),
      symbols: Object.keys(tableOf(file.symbols)),
    };
    for (const list of LISTS)
      this.numbers.set(list, numbered(this.domain(list) ?? rules.flatMap((rule) => textsOf(rule[list]))));
  }

  all(): Problem[] {
    this.checkSizes();
    const meant = this.rules.map((rule, place) => this.check(rule, place));
    for (const [place, rule] of meant.entries()) {
      const before = rule === null ? undefined : meant.find((one, i) => i < place && one !== null && covers(one, rule));
      if (before !== undefined && before !== null) this.shadowed(place, before.place);
    }
    return this.problems;
  }

  /** All values that orders may have of a list; null: any. */
  private domain(list: List): readonly string[] | null {
    if (list === "orderTypes") return RULE_ORDER_TYPES;
    if (list === "sides") return RULE_SIDES;
    return list === "securityTypes" || list === "exDestinations" ? null : this.names[list];
  }

  private report(path: readonly Key[], what: string): void {
    this.problems.push({ where: pathText(["routing", "rules", ...path]), what });
  }

  private checkSizes(): void {
    const count = (list: List): number => this.rules.reduce((sum, rule) => sum + textsOf(rule[list]).length, 0);
    const named = count("accounts") + count("symbols");
    if (named > MOST_NAME_CONDITIONS)
      this.report(
        [],
        `expected at most ${MOST_NAME_CONDITIONS.toLocaleString("en-US")} accounts and symbols in all rules, got ${named.toLocaleString("en-US")}: use patterns such as "ES*"`,
      );
    for (const list of ["securityTypes", "exDestinations"] as const)
      if (count(list) > MOST_TEXT_CONDITIONS)
        this.report([], `expected at most ${MOST_TEXT_CONDITIONS} ${list} in all rules, got ${count(list)}`);
  }

  /** What a rule means; null where something is wrong with it. */
  private check(rule: Table, place: number): Meant | null {
    const before = this.problems.length;
    this.checkVenues(rule, place);
    this.checkSessions(rule, place);
    this.checkNames(rule, place, "accounts", "risk.accounts");
    this.checkNames(rule, place, "symbols", "symbols");
    const [min, max] = [quantityOf(rule.minQuantity), quantityOf(rule.maxQuantity)];
    if (min !== null && max !== null && min > max)
      this.report(
        [place, "maxQuantity"],
        `expected at least minQuantity (${rule.minQuantity}), got ${rule.maxQuantity}: no order can fit the rule`,
      );
    if (this.problems.length > before) return null;
    this.checkEntitled(rule, place);
    const lists = Object.fromEntries(LISTS.map((list) => [list, this.bitsOf(list, rule[list])]));
    return { place, lists: lists as Meant["lists"], min, max };
  }

  private checkVenues(rule: Table, place: number): void {
    this.checkShare(rule, place);
    const known = this.names.venues;
    const used = new Map<string, string>();
    for (const { path, name } of namedVenues(rule)) {
      const at: Key[] = [place, ...path];
      if (!known.includes(name)) this.unknown(at, "a venue in venues", name, known);
      else if (used.has(name))
        this.report(at, `expected another venue, got ${valueText(name)} as in ${used.get(name)}: leave it out`);
      used.set(name, pathText(path));
    }
  }

  /** A rule has one venue, or several that share its orders. */
  private checkShare(rule: Table, place: number): void {
    const { venue, venues, share } = rule;
    if (venue === undefined && venues === undefined)
      this.report([place, "venue"], "missing; expected the name of a venue here or several in venues");
    if (venue !== undefined && venues !== undefined)
      this.report([place, "venues"], "expected none beside venue: the rule has one or the other");
    if (share !== undefined && venues === undefined)
      this.report([place, "share"], "expected venues beside it: one venue shares with nobody");
    const count = listOf(venues).length + listOf(rule.fallbacks).length;
    if (listOf(venues).length <= MOST_VENUES && count > MOST_VENUES)
      this.report(
        [place, "fallbacks"],
        `expected at most ${MOST_VENUES} venues and fallbacks of one rule, got ${count}`,
      );
  }

  private checkSessions(rule: Table, place: number): void {
    for (const [i, name] of textsOf(rule.sessions).entries())
      if (!this.names.sessions.includes(name))
        this.unknown([place, "sessions", i], "a client session in client.sessions", name, this.names.sessions);
  }

  private checkNames(rule: Table, place: number, list: "accounts" | "symbols", where: string): void {
    const known = this.numbers.get(list)!;
    for (const [i, text] of textsOf(rule[list]).entries()) {
      const what = list === "accounts" ? "an account" : "a symbol";
      if (!isPattern(text)) {
        if (!known.has(text)) this.unknown([place, list, i], `${what} in ${where}`, text, this.names[list]);
      } else if (!this.names[list].some((name) => fitsPattern(text, name)))
        this.report(
          [place, list, i],
          `expected a pattern that ${what} in ${where} fits, got ${valueText(text)}: correct it, or add ${what}`,
        );
    }
  }

  private unknown(path: readonly Key[], what: string, name: string, known: readonly string[]): void {
    this.report(path, `expected the name of ${what}, got ${valueText(name)}${didYouMean(name, known)}`);
  }

  /** A rule for sessions and accounts fits no order where none of the sessions may trade any of the accounts. */
  private checkEntitled(rule: Table, place: number): void {
    const accounts = textsOf(rule.accounts);
    if (accounts.length === 0) return;
    const sessions = tableOf(tableOf(this.file.client).sessions);
    const meant = textsOf(rule.sessions).length === 0 ? this.names.sessions : textsOf(rule.sessions);
    const fits = (account: string): boolean => accounts.some((one) => fitsPattern(one, account));
    if (meant.some((name) => textsOf(tableOf(sessions[name]).accounts).some(fits))) return;
    const who = rule.sessions === undefined ? "any client session" : "one of its sessions";
    this.report(
      [place, "accounts"],
      `expected an account that ${who} may trade, got ${valueText(rule.accounts)}: no order can fit the rule; see accounts in client.sessions`,
    );
  }

  private shadowed(place: number, before: number): void {
    this.report(
      [place],
      `expected a rule that an order can reach, got one whose orders all fit routing.rules[${before}], which comes first: move it up, or leave it out`,
    );
  }

  private bitsOf(list: List, value: unknown): Bits | null {
    const texts = textsOf(value);
    if (texts.length === 0) return null;
    const numbers = this.numbers.get(list)!;
    const bits = new Uint32Array((numbers.size + 31) >>> 5);
    const mark = (number: number | undefined): void => {
      if (number !== undefined) bits[number >>> 5]! |= 1 << (number & 31);
    };
    for (const text of texts) {
      if ((list === "accounts" || list === "symbols") && isPattern(text)) {
        for (const [name, number] of numbers) if (fitsPattern(text, name)) mark(number);
      } else mark(numbers.get(text));
    }
    // A condition that all orders meet is none.
    const isAll = this.domain(list) !== null && [...numbers.values()].every((i) => (bits[i >>> 5]! >>> (i & 31)) & 1);
    return isAll ? null : bits;
  }
}

/** True when every order that fits `later` fits `earlier`. */
function covers(earlier: Meant, later: Meant): boolean {
  if (earlier.min !== null && (later.min ?? 0n) < earlier.min) return false;
  if (earlier.max !== null && (later.max === null || later.max > earlier.max)) return false;
  return LISTS.every((list) => {
    const [wide, narrow] = [earlier.lists[list], later.lists[list]];
    if (wide === null) return true;
    return narrow?.every((word, i) => (word & ~wide[i]!) === 0) === true;
  });
}

function numbered(values: readonly string[]): Map<string, number> {
  return new Map([...new Set(values)].map((value, i) => [value, i]));
}

/** The venues of a rule, where they stand. */
function namedVenues({ venue, venues, fallbacks }: Table): { path: Key[]; name: string }[] {
  const ofList = (key: string, list: unknown): { path: Key[]; name: unknown }[] =>
    listOf(list).map((name, i) => ({ path: [key, i], name }));
  const all = [{ path: ["venue"], name: venue }, ...ofList("venues", venues), ...ofList("fallbacks", fallbacks)];
  return all.filter((one): one is { path: Key[]; name: string } => typeof one.name === "string");
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((one) => typeof one === "string");
}
