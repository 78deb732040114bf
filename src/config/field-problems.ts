import { type Problem, pathText, valueText } from "./problem.ts";

type Table = Record<string, unknown>;
type Key = string | number;

/** Tags of the header and the trailer, and of the ids that the gateway gives: no configuration changes them. */
const NEVER_CHANGED = new Set([
  ...[
    8, 9, 10, 11, 34, 35, 37, 41, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144,
    145,
  ],
  ...[212, 213, 347, 369, 370, 627, 628, 629, 630, 1128, 1129, 1156],
]);
/** Fields of session messages: no request gets one. */
const OF_SESSIONS = new Set([
  ...[7, 16, 36, 45, 98, 108, 112, 123, 141, 371, 372, 373, 383, 384, 464, 553, 554, 789, 925, 1137, 1400, 1401],
  ...[1402, 1403, 1404, 1406, 1407, 1408, 1409],
]);
/** Other forms of a quantity: beside OrderQty they say another one than the risk checks have seen. */
const OTHER_QUANTITIES = new Set([152, 516]);
/** Terms that the risk checks have seen: the venue must get these, under their tags. */
const CHECKED_TERMS = new Set([38, 40, 44, 54, 55, 59, 99, 126, 432]);
/** Of these only the price of a market order can be dropped, which means nothing. */
const PRICE = 44;

/** Lengths and their data fields, whose values may hold SOH: under another tag such a value would be read as several fields. */
const DATA = new Set([
  ...[89, 90, 91, 93, 95, 96, 212, 213, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363],
  ...[364, 365, 445, 446, 618, 619, 621, 622, 1184, 1185, 1277, 1278, 1280, 1281, 1282, 1283, 1397, 1398, 1401, 1402],
  ...[1403, 1404, 1468, 1469],
]);

/** True for a tag that a request to a venue gets from nobody but its client and the gateway. */
function isFixed(tag: number): boolean {
  return NEVER_CHANGED.has(tag) || CHECKED_TERMS.has(tag) || DATA.has(tag);
}

/** True for one that no configuration adds. */
function isNeverAdded(tag: number): boolean {
  return isFixed(tag) || OF_SESSIONS.has(tag) || OTHER_QUANTITIES.has(tag);
}

/** Changes of the fields of requests to a venue that contradict each other, or that would change what the risk checks have seen. */
export function fieldProblems(venue: string, value: unknown): Problem[] {
  const problems: Problem[] = [];
  const path: readonly Key[] = ["venues", venue, "fields"];
  const report = (at: readonly Key[], what: string): void => void problems.push({ where: pathText(at), what });
  const fields = tableOf(value);
  for (const type of ["", "D", "F", "G"]) {
    const at = type === "" ? path : [...path, type];
    const changes = type === "" ? fields : tableOf(fields[type]);
    const drop = listOf(changes.drop).map(Number);
    const rename = tableOf(changes.rename);
    const set = tableOf(changes.set);
    for (const [i, tag] of drop.entries())
      if (NEVER_CHANGED.has(tag) || (CHECKED_TERMS.has(tag) && tag !== PRICE))
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

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
