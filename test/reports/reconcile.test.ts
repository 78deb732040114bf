import { describe, expect, test } from "bun:test";
import { compareExecutions } from "../../src/reports/reconcile/compare.ts";
import { csvLines } from "../../src/reports/reconcile/csv-lines.ts";
import { readDropCopy, type VenueExecution } from "../../src/reports/reconcile/drop-copy.ts";
import type { ReportSeen } from "../../src/reports/seen.ts";

const ONE = 100_000_000n;

/** A trade of ours. */
function seen(execId: string, quantity: bigint, priceE8: bigint, more: Partial<ReportSeen> = {}): ReportSeen {
  return {
    timeUs: 1,
    venue: "X",
    order: null,
    assigned: null,
    kind: 1,
    execType: 0x46,
    requestNumber: 0,
    stated: 0,
    venueOrderId: "V1",
    execId,
    execRefId: "",
    quantity: 0n,
    priceE8: null,
    lastQty: quantity * ONE,
    lastPxE8: priceE8,
    cumQty: 0n,
    leavesQty: 0n,
    transactUs: null,
    text: "",
    refusal: 0,
    outcomes: [],
    applied: true,
    ...more,
  };
}

function whatOf(ours: readonly ReportSeen[], theirs: readonly VenueExecution[]): string[] {
  return compareExecutions(ours, theirs).map(({ what, execId, remark }) => `${what} ${execId} ${remark}`.trim());
}

describe("a venue's file", () => {
  const csv = 'Exec,"Last Qty",Px,Order\r\nE1,100,150.25,V1\r\n"E,2",1.5,-37.63000000,V1\n';
  const columns = { execId: "Exec", quantity: "Last Qty", price: "Px", orderId: "Order" };

  test("of CSV is read by its headings", () => {
    const found = readDropCopy(csv, columns);
    expect(
      found.map(({ line, execId, quantity, priceE8, venueOrderId, kind }) => [
        line,
        execId,
        quantity,
        priceE8,
        venueOrderId,
        kind,
      ]),
    ).toEqual([
      [2, "E1", 100n * ONE, 15_025_000_000n, "V1", "trade"],
      [3, "E,2", 150_000_000n, -3_763_000_000n, "V1", "trade"],
    ]);
  });

  test("of FIX messages has no columns to name", () => {
    expect(() => readDropCopy("8=FIX.4.4|35=8|10=000|", { execId: "Exec" })).toThrow(
      "expected no columns for FIX messages, whose tags say it, got execId",
    );
  });

  test("of FIX messages is read by its tags; what is no execution does not count", () => {
    const messages = [
      "8=FIX.4.4|35=A|34=1|10=000|",
      "8=FIX.4.4|35=8|150=0|17=N1|37=V1|10=000|",
      "8=FIX.4.4|35=8|150=F|17=E1|37=V1|31=150.25|32=100|54=2|55=AAPL|10=000|",
      "8=FIX.4.2|35=8|20=1|150=1|17=B1|19=E1|37=V1|31=150.25|32=100|10=000|",
      "8=FIX.4.4|35=8|150=G|17=C1|19=E0|37=V1|31=1|32=2|10=000|",
    ];
    for (const end of ["\n", "\r\n"]) {
      const text = messages.join(end).replaceAll("|", end === "\n" ? "\x01" : "|");
      const found = readDropCopy(text, {});
      expect(found.map(({ line, kind, execId, execRefId, side }) => [line, kind, execId, execRefId, side])).toEqual([
        [3, "trade", "E1", "", "sell"],
        [4, "bust", "B1", "E1", ""],
        [5, "correction", "C1", "E0", ""],
      ]);
    }
  });

  test.each([
    ["Exec,Px,Order\nE1,1,V1", "line 1: expected a column Last Qty for quantity, got Exec, Px, Order"],
    [
      "Exec,Last Qty,Px,Order\nE1,1e3,5,V1",
      "line 2: expected quantity to be a number of up to eight decimals, got 1e3",
    ],
    ["Exec,Last Qty,Px,Order\n,1,5,V1", "line 2: expected execId, got nothing"],
    ['Exec,Last Qty,Px,Order\n"E1,1,5,V1', "line 2: expected a quote at the end of a field, got none"],
  ])("that is wrong is refused, with its line: %s", (text, message) => {
    expect(() => readDropCopy(text, columns)).toThrow(message);
  });

  test("may have quotes, commas and ends of lines in a field", () => {
    expect([...csvLines('\ufeffa,b\n"x ""y"",\nz",2\n\n3,4')]).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ['x "y",\nz', "2"] },
      { line: 5, fields: ["3", "4"] },
    ]);
  });
});

describe("executions of both sides", () => {
  const theirs = (text: string): VenueExecution[] => readDropCopy(`execId,execRefId,kind,quantity,price\n${text}`, {});

  test("that are alike have no difference, also after corrections and busts", () => {
    const ours = [
      seen("E1", 100n, ONE),
      seen("E2", 50n, ONE),
      seen("E3", 7n, ONE),
      seen("B2", 50n, ONE, { execType: 0x48, execRefId: "E2" }),
      seen("C3", 8n, 2n * ONE, { execType: 0x47, execRefId: "E3" }),
    ];
    expect(whatOf(ours, theirs("E1,,,100,1\nE2,,trade,50,1\nE3,,F,7,1\nB2,E2,bust,,\nC3,E3,correction,8,2"))).toEqual(
      [],
    );
    // A file of what is left in the end.
    expect(whatOf(ours, theirs("E1,,,100,1\nC3,,,8,2"))).toEqual([]);
  });

  test("that differ are named, each once, with what is wrong", () => {
    const late = seen("E5", 1n, ONE, { applied: false, outcomes: ["not counted: it names no order"] });
    const ours = [seen("E1", 100n, ONE), seen("E2", 50n, ONE), seen("E3", 7n, ONE), late];
    expect(whatOf(ours, theirs("E1,,,101,1\nE2,,,50,1.00000001\nE4,,,1,1\nE4,,,1,1\nE5,,,1,1")).sort()).toEqual([
      "different E1 quantity",
      "different E2 price",
      "missing here E4",
      "missing here E5 it came, and was not applied: not counted: it names no order",
      "missing there E3",
      "twice there E4",
    ]);
    // A bust that only one side has.
    expect(whatOf([seen("E1", 1n, ONE)], theirs("E1,,,1,1\nB1,E1,bust,,"))).toEqual(["missing there E1"]);
  });
});
