import { describe, expect, test } from "bun:test";
import { frame } from "../../../src/counterparty/message.ts";
import {
  execTransType,
  execTypeFor,
  execTypeFrom,
  ordStatusFor,
  ordStatusFrom,
  saidReplaced,
  saidType,
  wordsOf,
} from "../../../src/fix/orders/exec-type.ts";
import { REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { ReportWriter } from "../../../src/fix/orders/report-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { versionByApplId, versionOf } from "../../../src/fix/wire/version.ts";
import * as code from "../../../src/record/codes.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { CapturedSession, codec, records } from "../wire/captured-session.ts";
import { bytesOf, fields } from "../wire/messages.ts";
import { fieldsOf } from "./fields-of.ts";

const c = (text: string): number => text.charCodeAt(0);
const OLD = ["FIX.4.0", "FIX.4.1", "FIX.4.2"];
const NEW = ["FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2"];

describe("what happened, towards a client", () => {
  //   ours  status  filled of 100  →  20   39   150
  test.each([
    ["F", "1", 40, "0", "1", "1"],
    ["F", "2", 100, "0", "2", "2"],
    ["F", "6", 40, "0", "6", "1"],
    ["F", "4", 40, "0", "4", "1"],
    ["G", "1", 40, "2", "1", "1"],
    ["G", "2", 100, "2", "2", "2"],
    ["H", "0", 0, "1", "0", "0"],
    ["H", "1", 40, "1", "1", "1"],
    ["I", "1", 40, "3", "1", "1"],
    ["5", "0", 0, "0", "5", "5"],
    ["5", "1", 40, "0", "1", "5"],
    ["5", "E", 0, "0", "E", "5"],
    ["E", "E", 0, "0", "E", "E"],
    ["D", "0", 0, "0", "0", "D"],
    ["4", "4", 0, "0", "4", "4"],
    ["8", "8", 0, "0", "8", "8"],
    ["C", "C", 0, "0", "C", "C"],
  ])(
    "150=%s 39=%s with %i filled is 20=%s 39=%s 150=%s in 4.2",
    (type, status, filled, trans, wireStatus, wireType) => {
      const version = versionOf("FIX.4.2");
      expect(String.fromCharCode(execTransType(c(type)))).toBe(trans);
      expect(String.fromCharCode(ordStatusFor(version, c(type), c(status), filled > 0))).toBe(wireStatus);
      expect(String.fromCharCode(execTypeFor(version, c(type), c(status), filled > 0, filled >= 100))).toBe(wireType);
      for (const name of NEW) {
        expect(ordStatusFor(versionOf(name), c(type), c(status), filled > 0)).toBe(c(status));
        expect(execTypeFor(versionOf(name), c(type), c(status), filled > 0, filled >= 100)).toBe(c(type));
      }
    },
  );

  test("4.0 and 4.1 have one word for both pending changes; in 4.0 a replaced order always says so", () => {
    for (const name of ["FIX.4.0", "FIX.4.1"]) {
      expect(ordStatusFor(versionOf(name), c("E"), c("E"), false)).toBe(c("6"));
      expect(execTypeFor(versionOf(name), c("E"), c("E"), false, false)).toBe(c("6"));
      expect(execTypeFor(versionOf(name), c("D"), c("1"), true, false)).toBe(c("1"));
    }
    expect(ordStatusFor(versionOf("FIX.4.0"), c("5"), c("1"), true)).toBe(c("5"));
    expect(ordStatusFor(versionOf("FIX.4.1"), c("5"), c("1"), true)).toBe(c("1"));
  });
});

describe("what happened, from a venue", () => {
  test.each([
    ["FIX.4.2", "0", "1", "1", 10, "F"],
    ["FIX.4.2", "0", "2", "2", 10, "F"],
    ["FIX.4.2", "1", "1", "1", 10, "H"],
    ["FIX.4.2", "2", "1", "1", 10, "G"],
    ["FIX.4.2", "3", "1", "1", 0, "I"],
    ["FIX.4.2", "0", "6", "6", 0, "6"],
    ["FIX.4.2", "0", "D", "0", 0, "D"],
    ["FIX.4.1", "0", "2", "2", 10, "F"],
    ["FIX.4.1", "0", "6", "6", 0, "6"],
    ["FIX.4.0", "0", "", "0", 0, "0"],
    ["FIX.4.0", "0", "", "1", 10, "F"],
    ["FIX.4.0", "0", "", "2", 10, "F"],
    ["FIX.4.0", "0", "", "6", 10, "F"],
    ["FIX.4.0", "0", "", "6", 0, "6"],
    ["FIX.4.0", "0", "", "1", 0, "I"],
    ["FIX.4.0", "0", "", "5", 0, "5"],
    ["FIX.4.0", "0", "", "4", 0, "4"],
    ["FIX.4.0", "1", "", "1", 10, "H"],
    ["FIX.4.3", "", "F", "1", 10, "F"],
    ["FIX.4.4", "", "H", "1", 10, "H"],
    ["FIX.5.0SP2", "", "5", "0", 0, "5"],
  ])("%s: 20=%s 150=%s 39=%s with %i traded is %s", (name, trans, type, status, last, ours) => {
    const result = execTypeFrom(versionOf(name), c(`${trans}\0`), c(`${type}\0`), c(status), last > 0);
    expect(String.fromCharCode(result)).toBe(ours);
  });

  test("a replaced order is new or partially filled", () => {
    expect([ordStatusFrom(c("5"), false), ordStatusFrom(c("5"), true), ordStatusFrom(c("2"), true)]).toEqual(
      ["0", "1", "2"].map(c),
    );
  });
});

describe("what a venue said reaches clients of like versions, and no other", () => {
  const ERAS = [["FIX.4.0"], ["FIX.4.1", "FIX.4.2"], ["FIX.4.3", "FIX.4.4", "FIX.5.0SP2"]];
  test.each(ERAS.flatMap((venues) => venues.map((venue) => [venue, venues] as const)))("%s", (venue, alike) => {
    for (const client of ERAS.flat()) {
      const isLike = alike.includes(client);
      const words = wordsOf(versionOf(venue), c("2"), c("5"));
      expect([client, saidReplaced(versionOf(client), words)]).toEqual([client, isLike]);
      const type = isLike && versionOf(client).hasExecType ? c("2") : 0;
      expect([client, saidType(versionOf(client), words)]).toEqual([client, type]);
      expect(saidReplaced(versionOf(client), wordsOf(versionOf(venue), c("0"), c("1")))).toBe(false);
    }
  });

  test("ExecTypes of 5.0 are a status before, and the current status up to 4.2", () => {
    const told = (name: string): string =>
      String.fromCharCode(execTypeFor(versionOf(name), c("L"), c("1"), true, false));
    expect(["FIX.5.0", "FIX.4.4", "FIX.4.3", "FIX.4.2"].map(told)).toEqual(["L", "I", "I", "1"]);
  });
});

describe("there and back", () => {
  const IDS = new VenueId(1_700_000_000);
  const report = new ExecutionReport(records);
  const parsed = (name: string, body: string): number => {
    const text = frame(body, versionOf(name).beginString);
    const scanner = new Scanner(8192);
    expect(scanner.scan(bytesOf(text), 0, text.length)).toBe(text.length);
    return new ReportReader(IDS).read(scanner, report.aim(0), versionOf(name));
  };

  test.each([...OLD, ...NEW])("%s: a venue's fill is read, and written again, in the same words", (name) => {
    const version = versionOf(name);
    const old = OLD.includes(name);
    const type = name === "FIX.4.0" ? "" : `150=${old ? "1" : "F"}|`;
    const said = `35=8|34=2|11=S44WE8-12-3|14=40|17=E7|${old ? "20=0|" : ""}31=9.5|32=40|37=V1|38=100|39=1|54=1|55=A|${type}`;
    expect(parsed(name, said)).toBe(REPORT_READ);
    expect([report.execType, report.ordStatus, report.lastQty, report.number, report.slot]).toEqual([
      code.EXEC_TRADE,
      code.STATUS_PARTIALLY_FILLED,
      4_000_000_000n,
      12,
      3,
    ]);
    const captured = new CapturedSession("A", "B", { version });
    report.side = code.SIDE_BUY;
    new ReportWriter(codec).write(captured.session, report, 0, fieldsOf(name, "8"), 0, true);
    const wire = fields(captured.ended());
    expect([20, 150, 39, 32].map((tag) => wire.get(tag))).toEqual([
      old ? "0" : undefined,
      name === "FIX.4.0" ? undefined : old ? "1" : "F",
      "1",
      "40",
    ]);
    expect(wire.has(151)).toBe(name !== "FIX.4.0");
  });

  test.each(["FIX.4.0", "FIX.4.1", "FIX.4.4"])("%s: a report without ExecType is read by its OrdStatus", (name) => {
    const said = "35=8|34=2|11=S44WE8-12-3|14=0|17=E7|20=0|37=V1|38=100|39=4|54=1|55=A|";
    expect([parsed(name, said), report.execType]).toEqual([REPORT_READ, code.EXEC_CANCELED]);
  });

  test("over FIXT, a report that names 4.2 is read by that", () => {
    const said = "35=8|34=2|1128=4|11=S44WE8-12-3|14=40|17=E7|20=0|31=9|32=40|37=V|38=100|39=1|54=1|55=A|150=1|";
    expect([parsed("FIX.5.0SP2", said), report.execType]).toEqual([REPORT_READ, code.EXEC_TRADE]);
  });

  test("an old cancel reject says less, and is read all the same", () => {
    const said = "35=9|34=2|11=S44WE8-12-3|37=V1|102=1|";
    expect([parsed("FIX.4.0", said), report.cxlRejReason, report.number]).toEqual([REPORT_READ, 1, 12]);
    expect(parsed("FIX.4.2", said)).toBe(REPORT_READ);
  });

  test("a bust keeps the id of what it takes back; its text is shorter, or stands beside", () => {
    const words = "x".repeat(60);
    const said = `35=8|34=2|11=S44WE8-12-3|14=0|17=E8|19=E7|31=9|32=40|37=V|38=100|39=0|54=1|55=A|150=H|58=${words}|`;
    expect([parsed("FIX.4.4", said), report.execRefIdLength, report.textLength]).toEqual([REPORT_READ, 2, 0]);
    expect([parsed("FIX.4.4", said.replace(words, words.slice(0, 24))), report.textLength]).toEqual([REPORT_READ, 24]);
    expect(report.inboundLength).toBe(352);
  });
});

test("reasons that a version does not have become its nearest, or are left out", () => {
  const reasons = (name: string) => [versionOf(name).ordRejReasons, versionOf(name).cxlRejReasons];
  const [ord44, cxl44] = reasons("FIX.4.4");
  expect([ord44![99], ord44![13], ord44![18], cxl44![99], cxl44![6]]).toEqual([99, 13, 99, 99, 6]);
  const [ord42, cxl42] = reasons("FIX.4.2");
  expect([ord42![99], ord42![11], ord42![6], cxl42![99], cxl42![6], cxl42![3]]).toEqual([0, 0, 6, 2, 2, 3]);
  const [ord40, cxl40] = reasons("FIX.4.0");
  expect([ord40![6], ord40![3], cxl40![0], cxl40![1], cxl40![99]]).toEqual([0, 3, 0, 1, 255]);
});

test("ApplVerID names the versions from 4.0 on", () => {
  const named = (id: string) => versionByApplId(bytesOf(id), 0, id.length)?.name;
  expect(["1", "2", "4", "6", "9", ":", "10", ""].map(named)).toEqual([
    undefined,
    "FIX.4.0",
    "FIX.4.2",
    "FIX.4.4",
    "FIX.5.0SP2",
    undefined,
    undefined,
    undefined,
  ]);
});
