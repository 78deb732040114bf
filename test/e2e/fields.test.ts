import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Field } from "../../src/counterparty/message.ts";
import { atLeast, VERSIONS } from "../../src/counterparty/version.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { drawn } from "../property.ts";
import { type Case, shown } from "./fields/cases.ts";
import { FieldGateway } from "./fields/gateway.ts";
import { NOT_YET } from "./fields/not-yet.ts";
import type { Pair } from "./fields/pair.ts";
import { allCases, expectNone, type Fault, reportFaults, requestFaults, said } from "./fields/verdict.ts";

setDefaultTimeout(60_000);

/*  Every field of every version's dictionary, alone and in random sets, with random valid values, between a client and a venue
 *  of this version: it arrives on the other side unchanged. Nothing is refused but what fields/not-yet.ts lists.
 */

/** Random values of each field, and random sets of fields, of each type of message. */
const VALUES_EACH = 4;
const SETS = 150;

const gateway = new FieldGateway(VERSIONS.map((version) => [version, version] as const));
console.log(`fields: seed ${drawn().seed} (SALLYPORT_TEST_SEED)`);

beforeAll(() => gateway.start());
beforeEach(() => expect(gateway.isRunning).toBe(true));
afterAll(() => gateway.remove());

for (const version of VERSIONS) {
  describe(`${version} to ${version}`, () => {
    const pair = gateway.pair(version, version);

    test.each(["D", "F", "G"] as const)("%s reaches the venue unchanged", async (type) => {
      const all = allCases(pair.mine, type, VALUES_EACH, SETS);
      const outcomes = await pair.requests(type, all);
      expectNone(all.flatMap((one, i) => requestFaults(pair, type, one, outcomes[i]!)));
    });

    test.each(["8", "9"] as const)("%s reaches the client unchanged", async (type) => {
      const all = allCases(pair.theirs, type, VALUES_EACH, SETS);
      const outcomes = await (type === "8" ? pair.reports(all) : pair.cancelRejects(all));
      expectNone(all.flatMap((one, i) => reportFaults(pair, type, one, outcomes[i]!)));
    });

    test.each(["D", "G"] as const)("what %s has that is not taken yet is refused by its reason", async (type) => {
      const rows = NOT_YET.filter(({ of }) => of.includes(type)).flatMap((row) =>
        row.values.filter((value) => isAllowed(pair, row.tag, value)).map((value) => ({ ...row, value })),
      );
      const all = rows.map(({ tag, value }) => ({
        items: [{ tag, fields: [[tag, value] as const] }, ...alsoOf(tag, value)],
      }));
      const outcomes = await pair.requests(type, all);
      const faults = rows.flatMap(({ tag, value, says }, i): Fault[] => {
        const { answer, atVenue } = outcomes[i]!;
        const isRefused = answer !== undefined && "89j".includes(answer.type) && says.test(answer.get(58) ?? "");
        if (atVenue === undefined && isRefused) return [];
        return [{ tag, text: `${shown([[tag, value]])} ${said(answer)}` }];
      });
      expectNone(faults);
    });
  });
}

/** False for values that the version does not have. */
function isAllowed(pair: Pair, tag: number, value: string): boolean {
  const values = pair.mine.valuesOf(tag);
  if (values.length > 0) return values.includes(value);
  return tag !== 38 || !value.includes(".") || atLeast(pair.client.version, "FIX.4.2");
}

/** A stop or if-touched order needs its StopPx, an order good till a date its ExpireTime. */
function alsoOf(tag: number, value: string) {
  if (tag === 40 && "34J".includes(value)) return [{ tag: 99, fields: [[99, "151"] as const] }];
  return tag === 59 && value === "6" ? [{ tag: 126, fields: [[126, "20301231-23:59:59"] as const] }] : [];
}

describe("a message as long as maxMessageBytes allows", () => {
  const pair = gateway.pair("FIX.4.4", "FIX.4.4");
  const text = (bytes: number): Case => ({ items: [{ tag: 58, fields: [[58, "x".repeat(bytes)]] }] });
  const group = (count: number, tags: readonly number[]): Case => {
    const entries = Array.from({ length: count }, (_, i) => tags.map((tag): Field => [tag, String(i + 1)]));
    return {
      items: [{ tag: tags === ALLOC ? 78 : 382, fields: [[tags === ALLOC ? 78 : 382, count], ...entries.flat()] }],
    };
  };
  const ALLOC = [79, 80];
  const CONTRA = [375, 437];

  test("a report reaches the client whole", async () => {
    const all = [...[1_000, 4_100, 7_500].map(text), ...[100, 230, 400].map((count) => group(count, CONTRA))];
    const outcomes = await pair.reports(all);
    expectNone(all.flatMap((one, i) => reportFaults(pair, "8", one, outcomes[i]!)));
  });

  test("an order reaches the venue whole, or its tag is refused", async () => {
    const all = [...[1_000, 4_100, 7_500].map(text), ...[100, 230, 400].map((count) => group(count, ALLOC))];
    const outcomes = await pair.requests("D", all);
    expectNone(
      all.flatMap((one, i) => {
        const { answer } = outcomes[i]!;
        const isNamed = answer?.get(39) === "8" && answer.text(58).includes(`tag=${one.items[0]!.tag}`);
        return isNamed ? [] : requestFaults(pair, "D", one, outcomes[i]!);
      }),
    );
  });
});

// Both sides compare what comes again with what came first.
test("after a crash, everything is sent again as it was", async () => {
  const pairs = VERSIONS.map((version) => gateway.pair(version, version));
  await gateway.restart();
  for (const { client, venue } of pairs) for (const peer of [client, venue]) peer.askResend(1);
  for (const { client, venue } of pairs)
    for (const peer of [client, venue])
      await until(
        `all again for ${peer.compId}`,
        () => peer.repeats >= peer.told,
        PATIENCE_MS,
        () => peer.repeats,
      );
});

test("nobody has seen anything that breaks the standard", () => {
  expect(gateway.faults()).toEqual([]);
});
