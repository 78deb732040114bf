import { expect } from "bun:test";
import fc from "fast-check";
import { type Message, SOH } from "../../../src/counterparty/message.ts";
import { type Case, casesOf, escaped, hasSameFields, isSame, type MsgType, shown, type Tables } from "./cases.ts";
import { isNotYet } from "./not-yet.ts";
import type { Outcome, Pair } from "./pair.ts";
import { type Chosen, heldId, heldPrice, type Item, Items, unpaired } from "./values.ts";

/** One fault of one field. */
export interface Fault {
  readonly tag: number;
  readonly text: string;
}

/** What the gateway owns: its ids, and what says whose answer a message is. It is sent, and not compared. */
const OWNED: Readonly<Record<MsgType, readonly number[]>> = {
  D: [],
  F: [37],
  G: [37],
  8: [19, 20],
  9: [],
};
/** What each test gives: ids, and what a request takes from the configuration or from its order. */
const GIVEN: Readonly<Record<MsgType, readonly number[]>> = {
  D: [1, 11, 55],
  F: [1, 11, 41, 54, 55, 125],
  G: [1, 11, 41, 40, 54, 55, 59],
  8: [11, 17, 37, 41],
  9: [11, 37, 41, 434],
};
/** What the gateway may add: fields that the other side's version requires, and the order's own terms. */
const ADDED: Readonly<Record<MsgType, readonly number[]>> = {
  D: [21, 38, 40, 44, 54, 59, 60],
  F: [21, 38, 60],
  G: [21, 38, 44, 60],
  8: [1, 6, 14, 31, 32, 38, 39, 40, 44, 54, 55, 59, 60, 103, 150, 151],
  9: [1, 39, 60, 102],
};
/** Each version has its own words for the kind of a report. */
const BY_VERSION = [20, 39, 150, 151];
/** Each session's own where the venue's version has it. */
const WHERE_IT_IS_KNOWN = [21, 60];
/** Fields whose faults are shown. */
const MOST_SHOWN = 60;

/** What the records of requests hold: quantities that are no key of Pair, prices, ids of up to 64 characters. */
const HELD: Chosen = {
  ...{ 37: heldId, 38: fc.integer({ min: 1, max: 999 }).map(String), 44: heldPrice, 526: heldId },
  // Terms that do not contradict the order.
  ...{ 110: fc.constant("1"), 111: fc.constant("1"), 210: fc.constant("1"), 1138: fc.constant("1") },
  ...{ 126: fc.constant("20310203-04:05:06"), 168: fc.constant("20260102-03:04:05"), 432: fc.constant("20310203") },
};
/** Another quantity than OrderQty: refused. */
const OTHER_QUANTITIES = [152, 516];

/** All cases of one type of message in the version of `tables`. */
export function allCases(tables: Tables, type: MsgType, each: number, sets: number): Case[] {
  const members = unpaired(tables.members(type)).filter(({ tag }) => !GIVEN[type].includes(tag));
  const items = new Items(tables.dictionary, type === "8" || type === "9" ? {} : HELD);
  return casesOf(members, items, each, sets)
    .map((one) => ({ items: one.items.filter((item) => isTaken(type, item, one.items)) }))
    .filter((one) => one.items.length > 0);
}

/** Pair knows an order by its quantity or its price, so one message changes one of them. */
function isTaken(type: MsgType, { tag, fields }: Item, all: readonly Item[]): boolean {
  if (type === "D" && tag === 44 && all.some((other) => other.tag === 38)) return false;
  if (type !== "8" && type !== "9" && OTHER_QUANTITIES.includes(tag)) return false;
  if (type !== "8" && type !== "9" && tag === 18 && (all.length > 1 || String(fields[0]![1]).includes(" ")))
    return false;
  return !isNotYet(type, tag, String(fields[0]![1]));
}

/** The faults of a request between two sessions of one version. */
export function requestFaults(pair: Pair, type: MsgType, { items }: Case, { answer, atVenue }: Outcome): Fault[] {
  if (atVenue === undefined) return [{ tag: firstTag(items), text: `${shownItems(items)} ${said(answer)}` }];
  const faults = changes(pair.theirs, type, items, atVenue);
  if (answer === undefined) faults.push({ tag: 0, text: `${shownItems(items)} the venue's answer did not come` });
  return faults;
}

/** The faults of a report between two sessions of one version. */
export function reportFaults(pair: Pair, type: MsgType, { items }: Case, { answer }: Outcome): Fault[] {
  if (answer?.type !== type) return [{ tag: firstTag(items), text: `${shownItems(items)} ${said(answer)}` }];
  return changes(pair.mine, type, items, answer);
}

/** What a message lost, changed, or has beside what was said. */
function changes(to: Tables, type: MsgType, items: readonly Item[], got: Message): Fault[] {
  const came = to.itemsOf(got, type);
  const faults = items
    .filter((item) => !OWNED[type].includes(item.tag) && !isSame(item, came.get(item.tag)))
    .map((item) => changed(item, came.get(item.tag)));
  const known = [...items.map(({ tag }) => tag), ...OWNED[type], ...GIVEN[type], ...ADDED[type]];
  for (const { tag, fields } of came.values())
    if (!known.includes(tag)) faults.push({ tag, text: `not said, came as ${shown(fields)}` });
  return faults;
}

/**
 * The faults of a request to a venue of another version. What this version has arrives unchanged. For other fields and values
 * the request is refused by their tag, or something else stands for them.
 */
export function translatedRequestFaults(
  pair: Pair,
  type: MsgType,
  { items }: Case,
  { answer, atVenue }: Outcome,
): Fault[] {
  const { theirs } = pair;
  const foreign = items.filter((item) => !theirs.hasItem(type, item) || !theirs.allows(item));
  if (atVenue !== undefined) return translated(theirs, type, items, atVenue, true);
  const tag = Number(/VENUE-001 .*tag=(\d+)/.exec(answer?.get(58) ?? "")?.[1] ?? 0);
  const isNamed = foreign.some(({ fields }) => fields.some(([each]) => each === tag));
  return isNamed ? [] : [{ tag: firstTag(items), text: `${shownItems(items)} ${said(answer)}` }];
}

/** The faults of a request to a venue of another version, whose unknown fields are dropped: it arrives with all others. */
export function droppingRequestFaults(
  pair: Pair,
  type: MsgType,
  { items }: Case,
  { answer, atVenue }: Outcome,
): Fault[] {
  if (atVenue === undefined) return [{ tag: firstTag(items), text: `${shownItems(items)} ${said(answer)}` }];
  return translated(pair.theirs, type, items, atVenue, false);
}

/** The faults of a report to a client of another version: it comes, with all that this version has. */
export function translatedReportFaults(pair: Pair, type: MsgType, { items }: Case, { answer }: Outcome): Fault[] {
  if (answer?.type !== type) return [{ tag: firstTag(items), text: `${shownItems(items)} ${said(answer)}` }];
  return translated(pair.mine, type, items, answer, false);
}

function translated(to: Tables, type: MsgType, items: readonly Item[], got: Message, keepsAll: boolean): Fault[] {
  const came = to.itemsOf(got, type);
  const ours = [...items.map(({ tag }) => tag), ...OWNED[type], ...GIVEN[type], ...ADDED[type]];
  const stands = [...came.keys()].some((tag) => !ours.includes(tag));
  const faults: Fault[] = [];
  for (const item of items) {
    const other = came.get(item.tag);
    if (OWNED[type].includes(item.tag) || BY_VERSION.includes(item.tag)) continue;
    const isKnown = to.hasItem(type, item) && to.allows(item);
    if (isKnown && !hasSameFields(item, other)) faults.push(changed(item, other));
    const isOurs = WHERE_IT_IS_KNOWN.includes(item.tag);
    if (!isKnown && keepsAll && other === undefined && !stands && !isOurs)
      faults.push({ tag: item.tag, text: `${shown(item.fields)} was left out in silence` });
  }
  for (const item of came.values())
    if (!to.hasItem(type, item))
      faults.push({ tag: item.tag, text: `${shown(item.fields)} is nothing of ${to.version}` });
  return faults;
}

function changed(item: Item, other: Item | undefined): Fault {
  return {
    tag: item.tag,
    text: `${shown(item.fields)} came as ${other === undefined ? "nothing" : shown(other.fields)}`,
  };
}

function firstTag(items: readonly Item[]): number {
  return items.length === 1 ? items[0]!.tag : 0;
}

function shownItems(items: readonly Item[]): string {
  return shown(items.flatMap(({ fields }) => fields));
}

/** What a client was told, or what it was not. */
export function said(answer: Message | undefined): string {
  if (answer === undefined) return "got no answer";
  const words = [39, 150, 371, 373, 380, 58].map((tag) => [tag, answer.get(tag)] as const);
  const text = words.map(([tag, value]) => (value === undefined ? "" : `${tag}=${value}${SOH}`)).join("");
  return `was answered 35=${answer.type}|${escaped(text.replaceAll(SOH, "|"))}`;
}

/** Shows the first fault of each field, one a line. */
export function expectNone(faults: readonly Fault[]): void {
  const byTag = Map.groupBy(faults, ({ tag }) => tag);
  const lines = [...byTag].map(([tag, list]) => {
    const more = list.length === 1 ? "" : ` (and ${list.length - 1} more)`;
    return `${tag === 0 ? "set" : tag}: ${list[0]!.text}${more}`;
  });
  const first = lines.slice(0, MOST_SHOWN);
  if (lines.length > MOST_SHOWN) first.push(`… of ${lines.length} fields`);
  expect(first).toEqual([]);
}
