import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Version } from "../../src/counterparty/version.ts";
import { drawn } from "../property.ts";
import { FieldGateway } from "./fields/gateway.ts";
import type { Item } from "./fields/values.ts";
import { allCases, expectNone, translatedReportFaults, translatedRequestFaults } from "./fields/verdict.ts";

setDefaultTimeout(60_000);

/*  As fields.test.ts, between versions. What the other version has arrives unchanged. A request with anything else is refused by
 *  its tag, or translated; a report always comes.
 */
const PAIRS: readonly (readonly [client: Version, venue: Version])[] = [
  ["FIX.4.0", "FIX.4.2"],
  ["FIX.4.2", "FIX.4.0"],
  ["FIX.4.1", "FIX.4.4"],
  ["FIX.4.2", "FIX.4.4"],
  ["FIX.4.4", "FIX.4.2"],
  ["FIX.4.4", "FIX.4.1"],
  ["FIX.4.3", "FIX.4.4"],
  ["FIX.4.4", "FIX.4.3"],
  ["FIX.4.2", "FIX.5.0SP2"],
  ["FIX.5.0SP2", "FIX.4.2"],
  ["FIX.4.4", "FIX.5.0SP2"],
  ["FIX.5.0SP2", "FIX.4.4"],
  ["FIX.5.0", "FIX.5.0SP1"],
  ["FIX.5.0SP2", "FIX.5.0"],
];
const VALUES_EACH = 2;
const SETS = 40;

// Clients, core and venues have a lane each: what they say crosses threads.
const gateway = new FieldGateway(PAIRS, undefined, "wide");
console.log(`fields: seed ${drawn().seed} (SALLYPORT_TEST_SEED)`);

beforeAll(() => gateway.start());
beforeEach(() => expect(gateway.isRunning).toBe(true));
afterAll(() => gateway.remove());

for (const [mine, theirs] of PAIRS) {
  describe(`a client of ${mine}, a venue of ${theirs}`, () => {
    const pair = gateway.pair(mine, theirs);

    test.each(["D", "F", "G"] as const)("%s reaches the venue, or its tag is refused", async (type) => {
      const all = allCases(pair.mine, type, VALUES_EACH, SETS);
      const outcomes = await pair.requests(type, all);
      expectNone(all.flatMap((one, i) => translatedRequestFaults(pair, type, one, outcomes[i]!)));
    });

    test.each(["8", "9"] as const)("%s reaches the client with all that its version has", async (type) => {
      const all = allCases(pair.theirs, type, VALUES_EACH, SETS);
      const outcomes = await (type === "8" ? pair.reports(all) : pair.cancelRejects(all));
      expectNone(all.flatMap((one, i) => translatedReportFaults(pair, type, one, outcomes[i]!)));
    });
  });
}

test("a field that is said wins over one that another is translated to", async () => {
  const pair = gateway.pair("FIX.4.3", "FIX.4.4");
  const item = (tag: number, value: string): Item => ({ tag, fields: [[tag, value]] });
  const one = { items: [item(47, "C"), item(529, "1 8 4")] };
  const [outcome] = await pair.requests("D", [one]);
  expectNone(translatedRequestFaults(pair, "D", one, outcome!));
});

test("nobody has seen anything that breaks the standard", () => {
  expect(gateway.faults()).toEqual([]);
});
