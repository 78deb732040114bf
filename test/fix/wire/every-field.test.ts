import { describe, expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { ReportWriter, reportType } from "../../../src/fix/orders/report-out.ts";
import { FAULTY, OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { RequestWriter, requestType } from "../../../src/fix/orders/request-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import * as code from "../../../src/record/codes.ts";
import * as reports from "../../../src/record/execution-report.ts";
import * as requests from "../../../src/record/order-request.ts";
import { units } from "../../numbers.ts";
import { fieldsOf } from "../orders/fields-of.ts";
import { Rig } from "../session/pair.ts";
import { CapturedSession, codec, records as views } from "./captured-session.ts";
import { bytesOf, fields, readable } from "./messages.ts";

const IDS = new VenueId(1_700_000_000);
const OURS = "S44WE8-12-3";
const TIME = "20261124-01:02:03";
const request = new requests.OrderRequest(views);
const report = new reports.ExecutionReport(views);

function scanned(body: string): Scanner {
  const scanner = new Scanner(8192);
  const text = frame(body);
  expect(scanner.scan(bytesOf(text), 0, text.length)).toBe(text.length);
  return scanner;
}

const captured = new CapturedSession("A", "B");

/** The body fields of the message that was begun, in their order, as text. */
function body(): string {
  const text = captured.ended();
  fields(text);
  return text.replace(/^.*\|56=B\|/, "").replace(/10=\d+\|$/, "");
}

function id(at: number, value: string): void {
  views.bytes.set(ascii(value), at);
}

const text = (at: number, length: number): string => readable(views.bytes, at, at + length);

describe("reports towards a client", () => {
  const written = (): string => {
    new ReportWriter(codec).write(
      captured.session,
      report,
      1_000_000,
      fieldsOf("FIX.4.4", reportType(report)),
      0,
      true,
    );
    return body();
  };
  const WHEN = "60=19700101-00:00:01.000|";

  function fill(): void {
    report.aim(512).clear();
    report.kind = code.REPORT_EXECUTION;
    id(report.accountAt, "ACC1");
    id(report.clOrdIdAt, "C2");
    id(report.execIdAt, "E33");
    id(report.orderIdAt, "O4444");
    id(report.origClOrdIdAt, "C1");
    id(report.symbolAt, "AAPL");
    id(report.at + reports.REPORT_TEXT_AT, "words");
    Object.assign(report, { accountLength: 4, clOrdIdLength: 2, execIdLength: 3, orderIdLength: 5 });
    Object.assign(report, { origClOrdIdLength: 2, symbolLength: 4, textLength: 5 });
    Object.assign(report, { avgPxE8: 150_000_000n, cumQty: units(40), lastPxE8: 250_000_000n, lastQty: units(10) });
    Object.assign(report, { quantity: units(100), leavesQty: units(60) });
    report.priceE8 = 350_000_000n;
    report.execType = code.EXEC_TRADE;
    report.ordStatus = code.STATUS_PARTIALLY_FILLED;
    report.ordType = code.TYPE_LIMIT;
    report.side = code.SIDE_SELL;
    report.timeInForce = code.TIF_GTC;
    report.ordRejReason = 3;
  }

  test("a fill has every field", () => {
    fill();
    expect(written()).toBe(
      `1=ACC1|6=1.5|11=C2|14=40|17=E33|31=2.5|32=10|37=O4444|38=100|39=1|40=2|41=C1|44=3.5|54=2|55=AAPL|58=words|59=1|${WHEN}150=F|151=60|`,
    );
  });

  test("a trade that is taken back or corrected says which quantity and price", () => {
    for (const execType of [code.EXEC_TRADE_CANCEL, code.EXEC_TRADE_CORRECT]) {
      fill();
      report.execType = execType;
      expect(written()).toContain("|31=2.5|32=10|37=O4444|");
      report.lastPxE8 = NO_PRICE;
      expect(written()).toContain("|17=E33|32=10|37=O4444|");
    }
  });

  test("a reject has its reason and no last price; what is empty is left out", () => {
    fill();
    report.execType = code.EXEC_REJECTED;
    report.ordStatus = code.STATUS_REJECTED;
    report.priceE8 = NO_PRICE;
    Object.assign(report, { accountLength: 0, origClOrdIdLength: 0, textLength: 0, ordType: 0, timeInForce: 0 });
    expect(written()).toBe(`6=1.5|11=C2|14=40|17=E33|37=O4444|38=100|39=8|54=2|55=AAPL|${WHEN}103=3|150=8|151=60|`);
  });

  test("a cancel reject has every field", () => {
    fill();
    report.kind = code.REPORT_CANCEL_REJECT;
    report.cxlRejReason = 1;
    report.cxlRejResponseTo = code.RESPONSE_TO_REPLACE;
    expect(written()).toBe(`1=ACC1|11=C2|37=O4444|39=1|41=C1|58=words|${WHEN}102=1|434=2|`);
  });
});

describe("requests towards a venue", () => {
  const written = (): string => {
    new RequestWriter(codec, IDS).write(
      captured.session,
      request,
      1_000_000,
      fieldsOf("FIX.4.4", requestType(request)),
      0,
      true,
    );
    return body();
  };
  const WHEN = `60=${TIME}|`;
  const terms = `1=ACC1|55=AAPL|54=1|38=50|40=2|44=10.5|59=1|60=${TIME}|`;

  function take(message: string): void {
    expect(new OrderReader().read(scanned(message), request.aim(64))).toBe(READ);
    Object.assign(request, { number: 12, origNumber: 7, slot: 3 });
  }

  test("an order", () => {
    take(`35=D|11=C1|${terms}`);
    expect(written()).toBe(`1=ACC1|11=${OURS}|38=50|40=2|44=10.5|54=1|55=AAPL|59=1|${WHEN}`);
    take(`35=D|11=C1|21=3|${terms}`);
    expect(written()).toBe(`1=ACC1|11=${OURS}|21=3|38=50|40=2|44=10.5|54=1|55=AAPL|59=1|${WHEN}`);
  });

  test("an order without TransactTime has ours where the venue requires it", () => {
    take(`35=D|11=C1|${terms.replace(`60=${TIME}|`, "")}`);
    expect(written()).toEndWith("|59=1|60=19700101-00:00:01.000|");
  });

  test("a market order without account", () => {
    take(`35=D|11=C1|55=AAPL|54=1|38=50|40=1|60=${TIME}|`);
    expect(written()).toBe(`11=${OURS}|38=50|40=1|54=1|55=AAPL|59=0|${WHEN}`);
  });

  test("a replace and a cancel, with the venue's OrderID", () => {
    take(`35=G|11=C2|41=C1|37=V9|${terms}`);
    expect(written()).toBe(`1=ACC1|11=${OURS}|37=V9|38=50|40=2|41=S44WE8-7-3|44=10.5|54=1|55=AAPL|59=1|${WHEN}`);
    take(`35=F|11=C2|41=C1|37=V9|${terms}`);
    expect(written()).toBe(`1=ACC1|11=${OURS}|37=V9|38=50|41=S44WE8-7-3|54=1|55=AAPL|${WHEN}`);
  });
});

describe("reports of a venue", () => {
  const reader = new ReportReader(IDS);
  const take = (message: string): number => reader.read(scanned(message), report.aim(512));
  const EXECUTION = `35=8|37=V9|17=E5|150=F|39=1|11=${OURS}|38=100|32=40|31=2.5|151=60|14=40|44=3.5|103=11|58=ok|`;

  test("every field of an execution is read", () => {
    views.bytes.fill(0x55);
    expect(take(EXECUTION)).toBe(REPORT_READ);
    expect([report.kind, report.execType, report.ordStatus]).toEqual([
      code.REPORT_EXECUTION,
      code.EXEC_TRADE,
      code.STATUS_PARTIALLY_FILLED,
    ]);
    expect([report.lastQty, report.lastPxE8, report.cumQty, report.leavesQty]).toEqual([
      units(40),
      250_000_000n,
      units(40),
      units(60),
    ]);
    expect([report.quantity, report.priceE8, report.ordRejReason]).toEqual([units(100), 350_000_000n, 11]);
    expect([report.number, report.slot, report.requestNumber]).toEqual([12, 3, 0]);
    expect([report.orderIdLength, report.execIdLength]).toEqual([2, 2]);
    expect(text(report.at + reports.REPORT_TEXT_AT, report.textLength)).toBe("ok");
  });

  test("nothing of the report before is left in one that says less", () => {
    take(EXECUTION);
    expect(take(`35=8|17=E5|150=0|39=0|11=${OURS}|`)).toBe(REPORT_READ);
    expect([report.lastQty, report.cumQty, report.leavesQty, report.quantity]).toEqual([0n, 0n, 0n, 0n]);
    expect([report.lastPxE8, report.priceE8, report.ordRejReason]).toEqual([NO_PRICE, NO_PRICE, 99]);
    expect([report.orderIdLength, report.textLength]).toEqual([0, 0]);
  });

  test.each([
    ["ExecType", EXECUTION.replace("150=F|", "")],
    ["OrdStatus", EXECUTION.replace("39=1|", "")],
    ["ExecID", EXECUTION.replace("17=E5|", "")],
    ["CxlRejResponseTo", `35=9|37=V9|39=0|11=${OURS}|102=1|`],
    ["OrderID", `35=9|434=1|39=0|11=${OURS}|102=1|`],
  ])("one without %s is read, too", (_, message) => {
    expect(take(message)).toBe(REPORT_READ);
    expect([report.number, report.slot]).toEqual([12, 3]);
  });

  test("every field of a cancel reject is read", () => {
    expect(take(`35=9|37=V9|39=2|11=${OURS}|41=S44WE8-7-3|434=2|102=3|58=late|`)).toBe(REPORT_READ);
    expect([report.kind, report.ordStatus, report.cxlRejResponseTo, report.cxlRejReason]).toEqual([
      code.REPORT_CANCEL_REJECT,
      code.STATUS_FILLED,
      code.RESPONSE_TO_REPLACE,
      3,
    ]);
    expect([report.requestNumber, report.number, report.slot]).toEqual([12, 7, 3]);
    expect(text(report.at + reports.REPORT_TEXT_AT, report.textLength)).toBe("late");
  });

  test("ids of 64 are whole, a longer ExecID becomes a key, a longer OrderID is left out", () => {
    const long = "abcdefghijklmnopqrstuvwxyz012345".repeat(2);
    expect(take(`35=8|37=${long}|17=${long}|150=0|39=0|11=${OURS}|`)).toBe(REPORT_READ);
    expect([text(report.orderIdAt, report.orderIdLength), text(report.execIdAt, report.execIdLength)]).toEqual([
      long,
      long,
    ]);
    const keys = ["1", "2", "11"].map((end) => {
      expect(take(`35=8|37=${long}${end}|17=${long}${end}|150=0|39=0|11=${OURS}|`)).toBe(REPORT_READ);
      expect(report.orderIdLength).toBe(0);
      return text(report.execIdAt, report.execIdLength);
    });
    expect(keys.map((key) => [key.length, key.startsWith(long.slice(0, 48))])).toEqual(Array(3).fill([64, true]));
    expect(new Set(keys).size).toBe(3);
  });

  test("a Symbol and an Account beyond 64, and a text beyond 56, stand beside whole", () => {
    const long = "x".repeat(65);
    expect(take(`35=8|17=E5|150=0|39=0|11=${OURS}|1=${long}|55=${long}|58=${"t".repeat(57)}|`)).toBe(REPORT_READ);
    expect([report.accountLength, report.symbolLength, report.textLength]).toEqual([0, 0, 0]);
    expect([1, 55, 58].map((tag) => reader.aside.has(tag))).toEqual([true, true, true]);
    expect(take(`35=8|37=V|17=E|150=0|39=0|11=${OURS}|58=${"t".repeat(56)}|`)).toBe(REPORT_READ);
    expect([report.textLength, reader.aside.has(58)]).toEqual([56, false]);
  });
});

describe("orders of a client", () => {
  const reader = new OrderReader();
  const ORDER = `35=D|11=A|55=AAPL|54=1|38=1|40=1|60=${TIME}|`;

  test.each([
    ["a TimeInForce that is none", `${ORDER}59=~|`, 59, 5],
    ["an OrdType that is none", `${ORDER.replace("40=1|", "40=a|")}`, 40, 5],
    ["a TimeInForce of two characters", `${ORDER}59=11|`, 59, 5],
    ["a Symbol of 65", ORDER.replace("AAPL", "x".repeat(65)), 55, 5],
    ["an OrigClOrdID of 65", `35=F|11=A|41=${"x".repeat(65)}|55=A|54=1|60=${TIME}|`, 41, 5],
    ["an OrderID of 65", `35=F|11=A|41=B|37=${"x".repeat(65)}|55=A|54=1|60=${TIME}|`, 37, 5],
    ["a quantity that is none", ORDER.replace("38=1|", "38=x|"), 38, 6],
  ])("%s is a fault of that tag, with a text", (_, message, refTag, reason) => {
    expect(reader.read(scanned(message), request.aim(64))).toBe(FAULTY);
    expect([reader.refTag, reader.reason]).toEqual([refTag, reason]);
    expect(reader.text.length).toBeGreaterThan(10);
  });

  test.each([
    ["a quantity beyond all", ORDER.replace("38=1|", "38=9007199254740993|"), 38],
    ["a quantity of nine decimals", ORDER.replace("38=1|", "38=0.123456789|"), 38],
    ["a price of nine decimals", `${ORDER.replace("40=1|", "40=2|")}44=1.123456789|`, 44],
  ])("%s is read, for the core to refuse by name", (_, message, unheld) => {
    expect(reader.read(scanned(message), request.aim(64))).toBe(READ);
    expect([request.unheldTag, reader.aside.has(unheld)]).toEqual([unheld, true]);
  });

  test("the text of one fault is not that of the fault before", () => {
    reader.read(scanned(ORDER.replace("40=1|", "40=2|")), request);
    const before = reader.text;
    reader.read(scanned(ORDER.replace("54=1|", "")), request);
    expect(reader.text).not.toBe(before);
  });

  test("nothing of the request before is left in one that says less", () => {
    reader.read(scanned(`${ORDER.replace("40=1", "40=2")}44=5|1=ACC1|97=Y|59=3|`), request.aim(64));
    expect(reader.read(scanned(ORDER), request)).toBe(READ);
    expect([request.priceE8, request.accountLength, request.possResend, request.timeInForce]).toEqual([
      NO_PRICE,
      0,
      0,
      code.TIF_DAY,
    ]);
  });
});

test("a BusinessMessageReject says what of which message, and why", () => {
  const rig = new Rig().logon();
  rig.take();
  rig.session.rejects.business(scanned("35=B|34=2|148=x|"), 2, 3, ascii("no news here"));
  const [reject] = rig.take();
  expect([35, 45, 58, 372, 380].map((tag) => reject?.get(tag))).toEqual(["j", "2", "no news here", "B", "3"]);
});
