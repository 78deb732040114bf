import { describe, expect, test } from "bun:test";
import { idText } from "../../../src/base/id.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { NOT_A_REPORT, REPORT_FOREIGN, REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { ReportWriter } from "../../../src/fix/orders/report-out.ts";
import { FAULTY, NOT_AN_ORDER, OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { RequestWriter } from "../../../src/fix/orders/request-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import * as code from "../../../src/record/codes.ts";
import { ExecutionReport, REPORT_TEXT_AT } from "../../../src/record/execution-report.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { units } from "../../numbers.ts";
import { CapturedSession, codec, records as views } from "../wire/captured-session.ts";
import { bytesOf, fields, readable } from "../wire/messages.ts";
import { fieldsOf } from "./fields-of.ts";

const IDS = new VenueId(1_700_000_000);
const PREFIX = "S44WE8";
const request = new OrderRequest(views);
const report = new ExecutionReport(views);

function scanned(body: string): Scanner {
  const scanner = new Scanner(8192);
  const text = frame(body);
  expect(scanner.scan(bytesOf(text), 0, text.length)).toBeGreaterThan(0);
  return scanner;
}

function read(body: string): { result: number; reader: OrderReader } {
  const reader = new OrderReader();
  return { result: reader.read(scanned(`${body}60=20261124-01:02:03|`), request.aim(64)), reader };
}

const captured = new CapturedSession("A", "B");

describe("orders in", () => {
  test.each([
    ["97=N|43=N|", 0],
    ["97=Y|", code.POSS_RESEND],
    ["43=Y|", code.POSS_DUP],
    ["43=Y|97=Y|", code.POSS_RESEND],
  ])("one that says %s", (more, expected) => {
    expect(read(`35=D|${more}11=A1|55=AAPL|54=2|38=100|40=1|`).result).toBe(READ);
    expect(request.possResend).toBe(expected);
  });

  test("a limit order", () => {
    expect(read("35=D|11=A1|1=ACC1|55=AAPL|54=2|38=100|40=2|44=150.25|59=3|97=Y|").result).toBe(READ);
    expect([request.kind, request.side, request.ordType, request.timeInForce, request.possResend]).toEqual([
      code.REQUEST_NEW,
      code.SIDE_SELL,
      code.TYPE_LIMIT,
      code.TIF_IOC,
      1,
    ]);
    expect([request.quantity, request.priceE8]).toEqual([units(100), 15_025_000_000n]);
    expect([idText(views.bytes, request.clOrdIdAt, request.clOrdIdLength), request.clOrdIdLength]).toEqual(["A1", 2]);
    expect([
      idText(views.bytes, request.accountAt, request.accountLength),
      idText(views.bytes, request.symbolAt, request.symbolLength),
    ]).toEqual(["ACC1", "AAPL"]);
  });

  test("a market order has no price, a day order no TimeInForce", () => {
    expect(read("35=D|11=A1|55=AAPL|54=1|38=100.00|40=1|44=99|").result).toBe(READ);
    expect([request.priceE8, request.timeInForce, request.accountLength]).toEqual([NO_PRICE, code.TIF_DAY, 0]);
  });

  test("a cancel, a replace, a status request", () => {
    expect(read("35=F|11=C1|41=A1|55=AAPL|54=1|38=100|").result).toBe(READ);
    expect([request.kind, idText(views.bytes, request.origClOrdIdAt, request.origClOrdIdLength)]).toEqual([
      code.REQUEST_CANCEL,
      "A1",
    ]);
    expect(read("35=G|11=C2|41=A1|55=AAPL|54=1|38=50|40=2|44=1|").result).toBe(READ);
    expect([request.kind, request.quantity]).toEqual([code.REQUEST_REPLACE, units(50)]);
    expect(read("35=H|11=A1|55=AAPL|54=1|").result).toBe(READ);
    expect(request.kind).toBe(code.REQUEST_STATUS);
    expect(read("35=B|148=x|").result).toBe(NOT_AN_ORDER);
  });

  test.each([
    ["no ClOrdID", "35=D|55=AAPL|54=1|38=1|40=1|", 11, 1],
    ["a ClOrdID of 65", `35=D|11=${"x".repeat(65)}|55=AAPL|54=1|38=1|40=1|`, 11, 5],
    ["no Symbol", "35=D|11=A|54=1|38=1|40=1|", 55, 1],
    ["an Account of 65", `35=D|11=A|1=${"x".repeat(65)}|55=AAPL|54=1|38=1|40=1|`, 1, 5],
    ["no Side", "35=D|11=A|55=AAPL|38=1|40=1|", 54, 1],
    ["a Side that is none", "35=D|11=A|55=AAPL|54=z|38=1|40=1|", 54, 5],
    ["no OrderQty", "35=D|11=A|55=AAPL|54=1|40=1|", 38, 1],
    ["an OrderQty of letters", "35=D|11=A|55=AAPL|54=1|38=+200|40=1|", 38, 6],
    ["no OrdType", "35=D|11=A|55=AAPL|54=1|38=1|", 40, 1],
    ["an OrdType that is none", "35=D|11=A|55=AAPL|54=1|38=1|40=~|", 40, 5],
    ["a limit order without Price", "35=D|11=A|55=AAPL|54=1|38=1|40=2|", 44, 1],
    ["a Price of letters", "35=D|11=A|55=AAPL|54=1|38=1|40=2|44=1e5|", 44, 6],
    ["a tag twice", "35=D|11=A|55=AAPL|54=1|38=1|38=2|40=1|", 38, 13],
    ["a cancel without OrigClOrdID", "35=F|11=A|55=AAPL|54=1|", 41, 1],
  ])("%s is a fault of that tag", (_, body, refTag, reason) => {
    const { result, reader } = read(body);
    expect([result, reader.refTag, reader.reason]).toEqual([FAULTY, refTag, reason]);
  });

  test("an id of exactly 32 is taken whole", () => {
    const id = "abcdefghijklmnopqrstuvwxyz012345";
    expect(read(`35=D|11=${id}|55=AAPL|54=1|38=1|40=1|`).result).toBe(READ);
    expect([idText(views.bytes, request.clOrdIdAt, request.clOrdIdLength), request.clOrdIdLength]).toEqual([id, 32]);
  });
});

test("requests towards a venue carry our ids and every term", () => {
  read("35=G|11=C2|41=A1|1=ACC1|55=AAPL|54=1|38=50|40=2|44=10.5|59=1|");
  request.number = 12;
  request.origNumber = 7;
  request.slot = 3;
  new RequestWriter(codec, IDS).write(captured.session, request, 0, fieldsOf("FIX.4.4", "G"), 0, true);
  const message = fields(captured.ended());
  const tags = [35, 1, 11, 41, 38, 40, 44, 54, 55, 59];
  expect(tags.map((tag) => message.get(tag))).toEqual([
    "G",
    "ACC1",
    `${PREFIX}-12-3`,
    `${PREFIX}-7-3`,
    "50",
    "2",
    "10.5",
    "1",
    "AAPL",
    "1",
  ]);
});

describe("reports in", () => {
  const take = (body: string): { result: number; reader: ReportReader } => {
    const reader = new ReportReader(IDS);
    return { result: reader.read(scanned(body), report.aim(512)), reader };
  };

  test("a fill", () => {
    const { result } = take(
      `35=8|37=V9|17=E5|150=F|39=1|11=${PREFIX}-12-3|55=AAPL|54=1|38=100|32=40|31=150.125|151=60|14=40|6=150.125|58=ok|`,
    );
    expect(result).toBe(REPORT_READ);
    expect([report.number, report.slot, report.requestNumber]).toEqual([12, 3, 0]);
    expect([report.lastQty, report.lastPxE8, report.cumQty, report.leavesQty]).toEqual([
      units(40),
      15_012_500_000n,
      units(40),
      units(60),
    ]);
    expect(idText(views.bytes, report.orderIdAt, report.orderIdLength)).toBe("V9");
    expect(idText(views.bytes, report.execIdAt, report.execIdLength)).toBe("E5");
    expect(readable(views.bytes, report.at + REPORT_TEXT_AT, report.at + REPORT_TEXT_AT + report.textLength)).toBe(
      "ok",
    );
  });

  test("the answer to a cancel names request and order", () => {
    take(`35=8|37=V9|17=E6|150=4|39=4|11=${PREFIX}-13-3|41=${PREFIX}-12-3|55=AAPL|54=1|151=0|14=0|6=0|`);
    expect([report.requestNumber, report.number]).toEqual([13, 12]);
    expect(take(`35=9|37=V9|39=0|11=${PREFIX}-13-3|41=${PREFIX}-12-3|434=1|102=1|`).result).toBe(REPORT_READ);
    expect([report.kind, report.cxlRejReason, report.requestNumber]).toEqual([code.REPORT_CANCEL_REJECT, 1, 13]);
  });

  test("a BusinessMessageReject leads to its request by 379", () => {
    expect(take(`35=j|45=4|372=D|379=${PREFIX}-14-5|380=4|`).result).toBe(REPORT_READ);
    expect([report.kind, report.number, report.slot]).toEqual([code.REPORT_NOT_TAKEN, 14, 5]);
    expect(take("35=j|45=4|372=D|380=4|").result).toBe(REPORT_FOREIGN);
  });

  test("what names no order by our ClOrdID is read all the same, and what is no report is not", () => {
    expect(take("35=8|37=V9|17=E5|150=F|39=1|11=somebody|").result).toBe(REPORT_READ);
    expect([report.number, report.slot, report.requestNumber]).toEqual([0, -1, 0]);
    expect(take("35=8|37=V9|17=E5|150=F|39=1|").result).toBe(REPORT_READ);
    expect([report.number, report.slot]).toEqual([0, -1]);
    expect(take(`35=9|11=somebody|41=${PREFIX}-12-3|`).result).toBe(REPORT_READ);
    expect([report.number, report.slot, report.requestNumber]).toEqual([12, 3, 0]);
    expect(take("35=B|148=x|").result).toBe(NOT_A_REPORT);
  });

  test.each([
    ["150=F|39=1|", "F", "1"],
    ["150=1|39=1|", "F", "1"],
    ["150=2|39=2|", "F", "2"],
    ["39=1|32=5|", "F", "1"],
    ["39=4|", "4", "4"],
    ["150=4|", "4", "\0"],
    ["150=FF|39=1|32=5|", "F", "1"],
    ["150=L|39=0|", "L", "0"],
    ["39=xx|150=0|", "0", "\0"],
  ])("%s is ExecType %s, OrdStatus %s", (said, type, status) => {
    expect(take(`35=8|37=V9|17=E5|11=${PREFIX}-12-3|${said}`).result).toBe(REPORT_READ);
    expect([report.execType, report.ordStatus]).toEqual([type, status].map((one) => one.charCodeAt(0)));
  });

  test("what the venue says of the order is read, with the numbers that it said", () => {
    const body = `35=8|37=V9|17=E5|150=F|39=1|11=${PREFIX}-12-3|`;
    take(`${body}1=A|6=2.5|14=40|31=2.5|32=40|38=100|40=2|44=3|54=1|55=X|59=3|60=20261124-01:02:03.004|151=60|`);
    expect([report.side, report.ordType, report.timeInForce].map((one) => String.fromCharCode(one))).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect([report.avgPxE8, report.stated, report.unheldTag]).toEqual([250_000_000n, 127, 0]);
    expect([report.transactUs, report.transactDigits]).toEqual([1_795_482_123_004_000, 4]);
    expect([report.symbolLength, report.accountLength]).toEqual([1, 1]);
    take(body);
    expect([report.side, report.avgPxE8, report.stated, report.transactDigits, report.symbolLength]).toEqual([
      0,
      0n,
      0,
      0,
      0,
    ]);
  });

  test.each([
    ["31=1.123456789|", 31, 16 + 1],
    ["31=92000000000.01|", 31, 16 + 1],
    ["32=1.000000001|", 32, 32 + 1],
    ["32=-1|", 32, 32 + 1],
    ["32=x|31=y|", 31, 1],
    ["32=|", 32, 32 + 1],
    ["14=9007199254740993|", 14, 32 + 16],
    ["6=1.12345678901|", 0, 32 + 16 + 1],
  ])("%s can't be held exactly: it stands beside the record", (said, unheld, stated) => {
    const tags = said.match(/\d+(?==)/g)!.map(Number);
    const body = "14=40|31=2.5|32=40|".replace(new RegExp(`(?<![0-9])(${tags.join("|")})=[^|]*\\|`, "g"), "");
    const { reader } = take(`35=8|37=V9|17=E5|150=F|39=1|11=${PREFIX}-12-3|${body}${said}`);
    expect([report.unheldTag, report.stated]).toEqual([unheld === 31 && tags.length > 1 ? 32 : unheld, stated]);
    expect(tags.map((tag) => reader.aside.has(tag))).toEqual(tags.map(() => true));
  });

  test.each(["20161231-23:59:60", "20260230-00:00:00", "20260102-10:00:00.123456789", "20260102-10:00:00.1", "now"])(
    "a TransactTime that is not exactly microseconds stands beside: %s",
    (time) => {
      const { reader } = take(`35=8|37=V9|17=E5|150=0|39=0|11=${PREFIX}-12-3|60=${time}|`);
      expect([report.transactUs, report.transactDigits, reader.aside.has(60)]).toEqual([0, 0, true]);
    },
  );
});

test("reports towards a client have every field that FIX 4.4 requires", () => {
  report.aim(512).clear();
  report.kind = code.REPORT_EXECUTION;
  report.execType = code.EXEC_TRADE;
  report.ordStatus = code.STATUS_PARTIALLY_FILLED;
  report.side = code.SIDE_BUY;
  report.ordType = code.TYPE_LIMIT;
  Object.assign(report, {
    quantity: units(100),
    cumQty: units(40),
    leavesQty: units(60),
    lastQty: units(40),
    priceE8: 500_000_000n,
    lastPxE8: 450_000_000n,
    avgPxE8: 450_000_000n,
  });
  for (const [at, text] of [
    [report.clOrdIdAt, "A1"],
    [report.orderIdAt, "77"],
    [report.execIdAt, "9"],
  ] as const) {
    views.bytes.set(Buffer.from(text), at);
  }
  Object.assign(report, { clOrdIdLength: 2, orderIdLength: 2, execIdLength: 1 });
  new ReportWriter(codec).write(captured.session, report, 0, fieldsOf("FIX.4.4", "8"), 0, true);
  const message = fields(captured.ended());
  const wanted = {
    11: "A1",
    37: "77",
    17: "9",
    150: "F",
    39: "1",
    54: "1",
    38: "100",
    14: "40",
    151: "60",
    32: "40",
    31: "4.5",
    6: "4.5",
    44: "5",
  };
  for (const [tag, value] of Object.entries(wanted)) expect([tag, message.get(Number(tag))]).toEqual([tag, value]);
  const body = [...message.keys()].slice(7, -1);
  expect(body).toEqual(body.toSorted((a, b) => a - b));
});
