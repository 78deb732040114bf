import { describe, expect, test } from "bun:test";
import { Views } from "../../../src/base/views.ts";
import * as reasons from "../../../src/core/risk/reason-codes.ts";
import {
  cxlRejReason,
  DETAIL_MONEY,
  DETAIL_WHOLE,
  Detail,
  ordRejReason,
  reasonText,
} from "../../../src/core/risk/reasons.ts";
import {
  EXECUTION_REPORT_BYTES,
  ExecutionReport,
  REPORT_TEXT_AT,
  REPORT_TEXT_BYTES,
} from "../../../src/record/execution-report.ts";

const report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));

function written(detail: Detail, reason: number): string {
  report.bytes.fill(0);
  detail.write(report, reason);
  expect(
    report.bytes.subarray(REPORT_TEXT_AT + report.textLength, REPORT_TEXT_AT + REPORT_TEXT_BYTES).every((b) => b === 0),
  ).toBe(true);
  expect(report.bytes[REPORT_TEXT_AT + REPORT_TEXT_BYTES]).toBe(0);
  return String.fromCharCode(...report.bytes.subarray(REPORT_TEXT_AT, REPORT_TEXT_AT + report.textLength));
}

describe("a refusal's text", () => {
  test("is code and name, which never change", () => {
    expect(reasonText(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR");
    expect(reasonText(reasons.KILL_SWITCH)).toBe("RISK-002 KILL_SWITCH");
    expect(reasonText(reasons.UNKNOWN_ORDER)).toBe("CORE-210 UNKNOWN_ORDER");
    expect(written(new Detail(), reasons.VENUE_DOWN)).toBe("CORE-202 VENUE_DOWN");
  });

  test("goes on with the numbers that fit, and never with half of one", () => {
    const detail = new Detail();
    detail.setCollar(52_500, 10_125_000_000, 12_000_000_000);
    expect(written(detail, reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=5.2500% ref=101.25 px=120");
    detail.setCollar(50_000, 10_125_000_001, 12_000_000_001);
    expect(written(detail, reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=5% ref=101.25000001");
    detail.set(DETAIL_MONEY, 12_345, 2 ** 53 - 1);
    expect(written(detail, reasons.MAX_ORDER_NOTIONAL)).toBe(
      "RISK-011 MAX_NOTIONAL limit=1.2345 got=900719925474.0991",
    );
    detail.set(DETAIL_WHOLE, 2 ** 53 - 1, 2 ** 53 - 1);
    expect(written(detail, reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY limit=9007199254740991");
    detail.clear();
    expect(written(detail, reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY");
  });

  test("fits for every reason, and all have a code of their own", () => {
    const names = new Set<string>();
    let defined = 0;
    for (let reason = 1; reason < 256; reason++) {
      const text = reasonText(reason);
      expect(text.length).toBeLessThanOrEqual(REPORT_TEXT_BYTES);
      expect(/^(?:RISK|CORE|ORDER)-(\d{3}) /.exec(text)?.[1]).toBe(String(reason).padStart(3, "0"));
      if (text.endsWith(" REFUSED")) continue;
      names.add(text);
      defined++;
    }
    expect(names.size).toBe(defined);
    expect(defined).toBeGreaterThan(25);
  });
});

test("FIX 4.4 has the codes that are given for 103 and 102", () => {
  const ordRej = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 99];
  const cxlRej = [0, 1, 2, 3, 4, 5, 6, 99];
  for (let reason = 1; reason < 256; reason++) {
    expect(ordRej).toContain(ordRejReason(reason));
    expect(cxlRej).toContain(cxlRejReason(reason));
  }
});
