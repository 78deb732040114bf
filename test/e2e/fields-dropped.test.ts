import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Version } from "../../src/counterparty/version.ts";
import { Tables } from "./fields/cases.ts";
import { FieldGateway } from "./fields/gateway.ts";
import { DATA_OF } from "./fields/values.ts";
import { allCases, droppingRequestFaults, expectNone } from "./fields/verdict.ts";

setDefaultTimeout(60_000);

/*  As fields-versions.test.ts, with a configuration that drops all fields that the venue's version does not have: nothing is refused
 *  for them, and all others arrive unchanged.
 */
const PAIRS: readonly (readonly [client: Version, venue: Version])[] = [
  ["FIX.4.4", "FIX.4.2"],
  ["FIX.5.0SP2", "FIX.4.4"],
];
const TYPES = ["D", "F", "G"] as const;
const VALUES_EACH = 2;
const SETS = 80;

/** Tags of one type of request that the venue's version does not have. */
function unknown(mine: Tables, theirs: Tables, type: (typeof TYPES)[number]): number[] {
  const tags = mine.members(type).map(({ tag }) => tag);
  return tags.filter((tag) => !theirs.has(type, tag) && ![1, 11, 21, 41, 60].includes(tag));
}

function dropsAll(client: Version, venue: Version): string {
  const [mine, theirs] = [new Tables(client), new Tables(venue)];
  const drops = TYPES.map((type) => `fields.${type}.drop = [${unknown(mine, theirs, type)}]`);
  return ['unknownGroups = "drop"', ...drops].join("\n");
}

const gateway = new FieldGateway(PAIRS, dropsAll);

beforeAll(() => gateway.start());
beforeEach(() => expect(gateway.isRunning).toBe(true));
afterAll(() => gateway.remove());

for (const [mine, theirs] of PAIRS) {
  describe(`a client of ${mine}, a venue of ${theirs}`, () => {
    const pair = gateway.pair(mine, theirs);

    test.each(TYPES)("%s reaches the venue with all that its version has", async (type) => {
      const dropped = unknown(pair.mine, pair.theirs, type);
      // A value that the venue's version does not have is no field to drop.
      const all = allCases(pair.mine, type, VALUES_EACH, SETS).filter(({ items }) =>
        items.every((item) => dropped.includes(item.tag) || item.fields.length > 2 || pair.theirs.allows(item)),
      );
      const outcomes = await pair.requests(type, all);
      expectNone(all.flatMap((one, i) => droppingRequestFaults(pair, type, one, outcomes[i]!)));
      const kept = outcomes.flatMap(({ atVenue }) => (atVenue === undefined ? [] : atVenue.fields.map(([tag]) => tag)));
      const data = dropped.flatMap((tag) => DATA_OF.get(tag) ?? []);
      expect([...dropped, ...data].filter((tag) => kept.includes(tag))).toEqual([]);
    });
  });
}

test("nobody has seen anything that breaks the standard", () => {
  expect(gateway.faults()).toEqual([]);
});
