import type { OrderType, TimeInForce } from "../base/order-kinds.ts";
import { type Problem, pathText, valueText } from "./problem.ts";

type Table = Readonly<Record<string, unknown>>;
type Key = string | number;

/** Tags of the header and the trailer, and of the ids that the gateway gives: no configuration changes them. */
const NEVER_CHANGED = new Set([
  ...[
    8, 9, 10, 11, 34, 35, 37, 41, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144,
    145,
  ],
  ...[212, 213, 347, 369, 370, 627, 628, 629, 630, 1128, 1129, 1156],
]);
/** Fields of session messages that set sequence numbers, and passwords, which the journal would have in clear: no request gets one. */
const HARMFUL_OF_SESSIONS = new Set([7, 16, 36, 123, 141, 554, 789, 925, 1400, 1401, 1402, 1403, 1404]);
/** Other fields of session messages. Files that have traded may add them: this version doubts them, a later one refuses them. */
const OTHERS_OF_SESSIONS = new Set([45, 98, 108, 112, 371, 372, 373, 383, 384, 464, 553, 1137, 1406, 1407, 1408, 1409]);
/**
 * Other forms of a quantity: beside OrderQty they say another one than the risk checks have seen. In a cancel, which can't make an
 * order larger, this version doubts them, and a later one refuses them.
 */
const OTHER_QUANTITIES = new Set([152, 516]);
/** Terms that the risk checks have seen: the venue must get these, under their tags. */
const CHECKED_TERMS = new Set([38, 40, 44, 54, 55, 59]);
/** The same of orders that a venue takes when its configuration says so: StopPx, ExpireTime and ExpireDate. */
const TAGS_OF_ORDERS: readonly { tag: number; key: "orderTypes" | "timeInForce"; names: readonly string[] }[] = [
  { tag: 99, key: "orderTypes", names: ["stop", "stop-limit"] satisfies OrderType[] },
  { tag: 126, key: "timeInForce", names: ["gtd"] satisfies TimeInForce[] },
  { tag: 432, key: "timeInForce", names: ["gtd"] satisfies TimeInForce[] },
];
/** Of the checked terms only the price of a market order can be dropped, which means nothing. */
const PRICE = 44;

/** Lengths and their data fields, whose values may hold SOH: under another tag such a value would be read as several fields. */
const DATA = new Set([
  ...[89, 90, 91, 93, 95, 96, 212, 213, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363],
  ...[364, 365, 445, 446, 618, 619, 621, 622, 1184, 1185, 1277, 1278, 1280, 1281, 1282, 1283, 1397, 1398, 1401, 1402],
  ...[1403, 1404, 1468, 1469],
]);

/** Changes of the fields of requests to a venue that contradict each other, or that would change what the risk checks have seen. */
export function fieldProblems(name: string, venue: Table): Problem[] {
  const problems: Problem[] = [];
  const report = (at: readonly Key[], what: string): void => void problems.push({ where: pathText(at), what });
  const checked = new Set([...CHECKED_TERMS, ...neededTags(venue)]);
  /** True for a tag that a request to a venue gets from nobody but its client and the gateway. */
  const isFixed = (tag: number): boolean => NEVER_CHANGED.has(tag) || checked.has(tag) || DATA.has(tag);
  for (const { type, at, drop, rename, set } of changesOf(name, venue)) {
    /** True for one that no configuration adds. */
    const isNeverAdded = (tag: number): boolean =>
      isFixed(tag) || HARMFUL_OF_SESSIONS.has(tag) || (type !== "F" && OTHER_QUANTITIES.has(tag));
    for (const [i, tag] of drop.entries())
      if (NEVER_CHANGED.has(tag) || (checked.has(tag) && tag !== PRICE))
        report([...at, "drop", i], `${tag} can't be dropped`);
    for (const [from, to] of Object.entries(rename)) {
      if (isFixed(Number(from))) report([...at, "rename", from], `${from} can't be renamed`);
      else if (isNeverAdded(Number(to))) report([...at, "rename", from], `no field can be renamed to ${to}`);
      else if (drop.includes(Number(from))) report([...at, "rename", from], "is dropped, too");
      else if (from in set) report([...at, "rename", from], "has a fixed value, too");
      else if (String(to) in set) report([...at, "rename", from], `${to} has a fixed value`);
    }
    const taken = new Map<unknown, string>();
    for (const [from, to] of Object.entries(rename)) {
      const other = taken.get(to);
      if (other === undefined) taken.set(to, from);
      else report([...at, "rename", from], `expected another new tag, got ${valueText(to)} as for ${other}`);
    }
    for (const tag of Object.keys(set)) {
      if (isNeverAdded(Number(tag))) report([...at, "set", tag], `${tag} can't have a fixed value`);
      else if (drop.includes(Number(tag))) report([...at, "set", tag], "is dropped, too");
    }
  }
  return problems;
}

/** Changes that were valid in an earlier version, and harm nothing. */
export function fieldDoubts(name: string, venue: Table): Problem[] {
  return [...addedDoubts(name, venue), ...neededDoubts(name, venue)];
}

/** Fields that are added and that a later version refuses. */
function addedDoubts(name: string, venue: Table): Problem[] {
  return changesOf(name, venue).flatMap(({ type, at, rename, set }) => {
    const doubt = (path: readonly Key[], tag: number): Problem[] => {
      const isQuantity = type === "F" && OTHER_QUANTITIES.has(tag);
      if (!isQuantity && !OTHERS_OF_SESSIONS.has(tag)) return [];
      const what = isQuantity ? "another form of a quantity" : "a field of session messages";
      return [
        { where: pathText(path), what: `${tag} is ${what}: the venue may reject it, and a later version refuses it` },
      ];
    };
    return [
      ...Object.entries(rename).flatMap(([from, to]) => doubt([...at, "rename", from], Number(to))),
      ...Object.keys(set).flatMap((tag) => doubt([...at, "set", tag], Number(tag))),
    ];
  });
}

/** Changes of tags that orders need which the venue does not take: these were valid before there were such orders. */
function neededDoubts(name: string, venue: Table): Problem[] {
  const needed = neededTags(venue);
  const free = TAGS_OF_ORDERS.filter(({ tag }) => !needed.includes(tag));
  return changesOf(name, venue).flatMap(({ at, drop, rename, set }) =>
    free.flatMap(({ tag, key, names }) => {
      const what = `is for ${tag}, which orders of ${key} ${names.map(valueText).join(" and ")} need: it can't be once the venue takes these`;
      const renamed = Object.entries(rename).filter(([from, to]) => Number(from) === tag || to === tag);
      return [
        ...(drop.includes(tag) ? [[...at, "drop", drop.indexOf(tag)]] : []),
        ...renamed.map(([from]) => [...at, "rename", from]),
        ...(String(tag) in set ? [[...at, "set", String(tag)]] : []),
      ].map((path) => ({ where: pathText(path), what }));
    }),
  );
}

/** Tags of the orders that a venue takes beyond the usual ones. */
function neededTags(venue: Table): number[] {
  const taken = (key: string): string[] => listOf(venue[key]).map(String);
  return TAGS_OF_ORDERS.flatMap(({ tag, key, names }) => (taken(key).some((one) => names.includes(one)) ? [tag] : []));
}

interface FieldChanges {
  /** MsgType of the requests; "": all. */
  readonly type: string;
  readonly at: Key[];
  readonly drop: number[];
  readonly rename: Table;
  readonly set: Table;
}

/** The changes of all requests, and those of each type besides. */
function changesOf(name: string, venue: Table): FieldChanges[] {
  const fields = tableOf(venue.fields);
  return ["", "D", "F", "G"].map((type) => {
    const changes = type === "" ? fields : tableOf(fields[type]);
    return {
      type,
      at: ["venues", name, "fields", ...(type === "" ? [] : [type])],
      drop: listOf(changes.drop).map(Number),
      rename: tableOf(changes.rename),
      set: tableOf(changes.set),
    };
  });
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
