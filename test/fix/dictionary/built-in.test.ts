import { describe, expect, test } from "bun:test";
import { BUILT_IN_VERSIONS, builtIn } from "../../../src/fix/dictionary/built-in.ts";
import type { MemberDescription } from "../../../src/fix/dictionary/description.ts";
import { available, fieldNumbers, messagesOf } from "./quickfix-headers.ts";

const SESSION = ["0", "1", "2", "3", "4", "5", "A"];
const SINCE_42 = ["j"];
const SINCE_43 = ["q", "r", "AF"];
const ORDERS = ["D", "F", "G", "H", "8", "9"];

function membersOf(version: string, msgType: string): readonly MemberDescription[] {
  return builtIn(version)!.messages.find((message) => message.msgType === msgType)?.members ?? [];
}

function required(version: string, msgType: string): number[] {
  return membersOf(version, msgType)
    .filter((member) => member.required)
    .map(({ tag }) => tag);
}

test("there is no other version", () => expect(builtIn("FIX.3.9")).toBeUndefined());

test.each(BUILT_IN_VERSIONS.map((version, i) => [version, i] as const))("%s describes what is spoken", (version, i) => {
  const described = builtIn(version)!.messages.filter(({ members }) => members !== null);
  const expected = [...SESSION, ...ORDERS, ...(i >= 2 ? SINCE_42 : []), ...(i >= 3 ? SINCE_43 : [])];
  expect(described.map(({ msgType }) => msgType).toSorted()).toEqual(expected.toSorted());
});

describe("required fields, as the versions' differences are known", () => {
  test.each([
    ["FIX.4.0", "D", [11, 21, 38, 40, 54, 55]],
    ["FIX.4.2", "D", [11, 21, 40, 54, 55, 60]],
    ["FIX.4.4", "D", [11, 40, 54, 60]],
    ["FIX.5.0SP2", "D", [11, 40, 54, 60]],
    ["FIX.4.2", "8", [6, 14, 17, 20, 37, 39, 54, 55, 150, 151]],
    ["FIX.4.4", "8", [6, 14, 17, 37, 39, 54, 150, 151]],
    ["FIX.5.0SP2", "8", [14, 17, 37, 39, 54, 150, 151]],
    ["FIX.4.4", "9", [11, 37, 39, 41, 434]],
    ["FIX.5.0SP2", "9", [11, 37, 39, 434]],
    ["FIX.4.4", "r", [37, 530, 531]],
    ["FIX.5.0SP2", "r", [37, 530, 531, 1369]],
    ["FIX.4.4", "A", [98, 108]],
    ["FIX.5.0SP2", "A", [98, 108, 1137]],
  ])("%s %s", (version, msgType, tags) => expect(required(version, msgType)).toEqual(tags));
});

test("values come and go with the versions", () => {
  const has = (version: string, tag: number, value: string): boolean =>
    builtIn(version)!
      .fields.find((field) => field.tag === tag)!
      .values.includes(value);
  expect(BUILT_IN_VERSIONS.map((version) => has(version, 39, "5"))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(BUILT_IN_VERSIONS.map((version) => has(version, 59, "7"))).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(BUILT_IN_VERSIONS.slice(1).map((version) => has(version, 150, "F"))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
    true,
  ]);
});

// Debian's libquickfix-dev has no dictionary files, but classes that were made from them.
const LEGS = 555;
const LEG_PRICE = 566;

describe.if(available)("against the message classes of QuickFIX's headers", () => {
  const numbers = available ? fieldNumbers() : new Map<string, number>();
  test.each(BUILT_IN_VERSIONS)("%s", (version) => {
    const folder = version.replace("FIX.", "fix").replaceAll(".", "").toLowerCase();
    const own = messagesOf(folder, numbers);
    const session = version.startsWith("FIX.5") ? messagesOf("fixt11", numbers) : [];
    const theirs = new Map([...own, ...session].map((message) => [message.msgType, message]));
    const ours = builtIn(version)!;
    expect(ours.messages.map(({ msgType }) => msgType).toSorted()).toEqual([...theirs.keys()].toSorted());
    for (const { msgType, members } of ours.messages) {
      if (members === null) continue;
      const message = theirs.get(msgType)!;
      const sorted = (tags: readonly number[]): number[] => tags.toSorted((a, b) => a - b);
      expect([msgType, members.map(({ tag }) => tag)]).toEqual([msgType, sorted(message.fields)]);
      expect([msgType, required(version, msgType)]).toEqual([msgType, sorted(message.required)]);
      // The dictionary files have LegPrice in the legs of all later versions; these classes do not.
      const legs = version.startsWith("FIX.5.0SP") ? message.groups.get(LEGS) : undefined;
      const groups = legs === undefined ? message.groups : new Map([...message.groups, [LEGS, [...legs, LEG_PRICE]]]);
      expectGroups(members, groups, msgType);
    }
  });
});

function expectGroups(
  members: readonly MemberDescription[],
  groups: ReadonlyMap<number, readonly number[]>,
  where: string,
): void {
  for (const { tag, group } of members) {
    const place = `${where}, group ${tag}`;
    const theirs = groups.get(tag);
    // Which field begins an entry, and which others it may have; their order is compared with the dictionary files.
    expect([place, group?.[0]?.tag]).toEqual([place, theirs?.[0]]);
    expect([place, group?.map((member) => member.tag).toSorted()]).toEqual([place, theirs?.toSorted()]);
    if (group !== undefined) expectGroups(group, groups, place);
  }
}
