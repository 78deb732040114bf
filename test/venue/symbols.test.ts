import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ascii, text } from "../../src/base/ascii.ts";
import { putId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";
import type { MessageFields } from "../../src/fix/orders/message-fields.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import { Writer } from "../../src/fix/wire/write.ts";
import { REPORT_CANCEL_REJECT, REPORT_EXECUTION } from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { VenueSymbols, venueSymbolsBytes } from "../../src/venue/symbols.ts";
import { drawn } from "../property.ts";

const LONG = "A.SYMBOL.OF.MORE.THAN.THIRTY-TWO.BYTES.AT.THE.VENUE";
const ROWS = {
  AAPL: { symbol: "AAPL.N", securityId: "US0378331005", securityIdSource: "4", securityExchange: "XNAS" },
  MSFT: { symbol: LONG },
  IBM: { securityExchange: "XNYS" },
  SWAP1: { symbol: "SWAP2" },
  SWAP2: { symbol: "SWAP1" },
};

function fixture(others = ["AAPL", "MSFT", "IBM", "SWAP1", "SWAP2", "PLAIN"]) {
  const symbols = new VenueSymbols(ROWS, others);
  const views = Views.allocate(4096);
  const request = new OrderRequest(views).aim(0);
  const report = new ExecutionReport(views).aim(1024);
  const put = (record: OrderRequest | ExecutionReport, symbol: string): void => {
    record.symbolLength = symbol.length;
    putId(views, record.symbolAt, ascii(symbol), 0, symbol.length);
  };
  const symbolOf = (record: OrderRequest | ExecutionReport): string =>
    text(views.bytes, record.symbolAt, record.symbolAt + record.symbolLength);
  /** What the venue gets of a symbol: the name, and the fields besides. */
  const sent = (symbol: string) => {
    const fields = { replaced: -1 } as unknown as MessageFields;
    put(request, symbol);
    symbols.aim(request, fields);
    symbols.rename(request);
    const writer = new Writer(new Uint8Array(new ArrayBuffer(256)));
    if (symbols.hasMore) symbols.write(writer);
    return { symbol: symbolOf(request), more: text(writer.bytes, 0, writer.at), replaced: fields.replaced };
  };
  /** What the client gets of the venue's; null: unknown. */
  const restored = (symbol: string): string | null => {
    put(report, symbol);
    const isKnown = symbols.restore(report);
    expect(isKnown || symbolOf(report) === symbol).toBe(true);
    return isKnown ? symbolOf(report) : null;
  };
  return { symbols, report, sent, restored };
}

test("a request has the venue's name, and what the row says besides in the place of the client's", () => {
  const { sent, symbols } = fixture();
  expect(symbols.addsFields).toBe(true);
  expect(sent("AAPL")).toEqual({
    symbol: "AAPL.N",
    more: "22=4\x0148=US0378331005\x01207=XNAS\x01",
    replaced: 7,
  });
  expect(sent("MSFT")).toEqual({ symbol: LONG, more: "", replaced: 0 });
  expect(sent("IBM")).toEqual({ symbol: "IBM", more: "207=XNYS\x01", replaced: 4 });
  expect(sent("SWAP1").symbol).toBe("SWAP2");
  expect(sent("PLAIN")).toEqual({ symbol: "PLAIN", more: "", replaced: 0 });
  expect(sent("AAPL").symbol).toBe("AAPL.N");
});

test("a report has our name again; one that the venue does not have stays", () => {
  const { restored } = fixture();
  for (const [theirs, ours] of [
    ["AAPL.N", "AAPL"],
    [LONG, "MSFT"],
    ["IBM", "IBM"],
    ["SWAP1", "SWAP2"],
    ["SWAP2", "SWAP1"],
    ["PLAIN", "PLAIN"],
    ["", ""],
  ] as const)
    expect(restored(theirs)).toBe(ours);
  for (const unknown of ["AAPL", "MSFT", "AAPL.", "AAPL.NN", "X"]) expect(restored(unknown)).toBeNull();
});

test("a symbol that a reload has added is known once it was sent, as many as have room", () => {
  const { sent, restored } = fixture();
  expect(restored("ADDED")).toBeNull();
  expect(sent("ADDED")).toEqual({ symbol: "ADDED", more: "", replaced: 0 });
  expect(restored("ADDED")).toBe("ADDED");
  for (let i = 0; i < 2_000; i++) sent(`N${i}`);
  expect(restored("N0")).toBe("N0");
  expect(restored("N1999")).toBeNull();
  expect([restored("AAPL.N"), sent("N1999").symbol]).toEqual(["AAPL", "N1999"]);
});

describe("what only repeats the row is left out of a report", () => {
  const left = (body: string, kind = REPORT_EXECUTION): string => {
    const { symbols, report } = fixture();
    const scan = new Scanner(8192);
    const bytes = ascii(body.replaceAll("|", "\x01"));
    scan.fields(bytes, 0, bytes.length);
    report.kind = kind;
    symbols.leaveOut(scan, report);
    const tags = Array.from({ length: scan.count }, (_, i) => scan.tags[i]!);
    return tags.filter((one) => one !== 0).join(" ");
  };

  test.each([
    ["22=4|48=US0378331005|55=AAPL.N|58=x|207=XNAS|", "55 58"],
    ["22=4|48=US0378331005|58=x|", "58"],
    ["22=8|48=US0378331005|55=AAPL.N|207=XNYS|", "22 55 207"],
    ["48=US0378331006|55=AAPL.N|", "48 55"],
    ["48=OTHER|55=PLAIN|207=XNAS|", "48 55 207"],
    ["48=OTHER|207=XNAS|", "48 207"],
    ["55=IBM|207=XNYS|", "55"],
    ["48=|55=AAPL.N|", "48 55"],
  ])("%s", (body, rest) => {
    expect(left(body)).toBe(rest);
  });

  test("and a Symbol of an OrderCancelReject, which has none", () => {
    expect(left("55=AAPL.N|58=x|207=XNAS|", REPORT_CANCEL_REJECT)).toBe("58");
    expect(left("55=WHO|58=x|", REPORT_CANCEL_REJECT)).toBe("55 58");
  });
});

test("its memory is known beforehand", () => {
  expect(venueSymbolsBytes(1_000)).toBe(2_024 * (256 + 32) + 12 * 4_096);
  expect(venueSymbolsBytes(20_000)).toBeLessThan(8 * 1024 * 1024);
});

test("names of Object's own are names like others", () => {
  const symbols = new VenueSymbols({}, ["constructor"]);
  const views = Views.allocate(4096);
  const report = new ExecutionReport(views).aim(0);
  report.symbolLength = "constructor".length;
  putId(views, report.symbolAt, ascii("constructor"), 0, "constructor".length);
  expect(symbols.restore(report)).toBe(true);
});

test("whatever the names are, what is sent comes back as it was, and nothing else is known", () => {
  const name = fc.string({ unit: fc.constantFrom("A", "B", ".", "1"), minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 2, maxLength: 60 }),
      fc.nat(),
      fc.array(name),
      (names, turn, others) => {
        // Half of them have names of the venue; these are the other names of that half in another order, or new ones.
        const own = names.filter((_, i) => i % 2 === 0);
        const theirs = own.map((_, i) =>
          turn % 3 === 0 ? `${i}/X` : own[(i + 1 + (turn % own.length)) % own.length]!,
        );
        const rows = Object.fromEntries(own.map((one, i) => [one, { symbol: theirs[i]! }]));
        const symbols = new VenueSymbols(rows, names);
        const views = Views.allocate(4096);
        const request = new OrderRequest(views).aim(0);
        const report = new ExecutionReport(views).aim(1024);
        const put = (record: OrderRequest | ExecutionReport, symbol: string): void => {
          record.symbolLength = symbol.length;
          putId(views, record.symbolAt, ascii(symbol), 0, symbol.length);
        };
        const symbolOf = (record: OrderRequest | ExecutionReport): string =>
          text(views.bytes, record.symbolAt, record.symbolAt + record.symbolLength);
        for (const one of names) {
          put(request, one);
          symbols.aim(request, { replaced: 0 } as unknown as MessageFields);
          symbols.rename(request);
          const at = rows[one]?.symbol ?? one;
          expect(symbolOf(request)).toBe(at);
          put(report, at);
          expect([symbols.restore(report), symbolOf(report)]).toEqual([true, one]);
        }
        const known = new Set(names.map((one) => rows[one]?.symbol ?? one));
        for (const one of others) {
          put(report, one);
          expect(symbols.restore(report)).toBe(known.has(one));
        }
      },
    ),
    drawn(300),
  );
});
