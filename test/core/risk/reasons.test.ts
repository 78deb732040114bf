import { describe, expect, test } from "bun:test";
import { MOST_E8 } from "../../../src/base/units.ts";
import * as reasons from "../../../src/core/risk/reason-codes.ts";
import { cxlRejReason, ordRejReason, reasonText } from "../../../src/core/risk/reasons.ts";
import { ExecutionReport, REPORT_TEXT_AT, REPORT_TEXT_BYTES } from "../../../src/record/execution-report.ts";
import { InnerCore } from "../inner.ts";

const DETAIL_COUNT = 1;
const DETAIL_MONEY = 2;
const DETAIL_QUANTITY = 3;
const { core, inner, idAt } = new InnerCore();
const report = new ExecutionReport(core.scratch).aim(0);

function written(reason: number): string {
  report.bytes.fill(0);
  inner.reason(idAt, reason);
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
    inner.clearDetail();
    expect(written(reasons.VENUE_DOWN)).toBe("CORE-202 VENUE_DOWN");
  });

  test("goes on with the numbers that fit, and never with half of one", () => {
    inner.setCollar(52_500n, 0n, 10_125_000_000n, 12_000_000_000n);
    expect(written(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=5.2500% ref=101.25 px=120");
    inner.setCollar(50_000n, 0n, 10_125_000_001n, 12_000_000_001n);
    expect(written(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=5% ref=101.25000001");
    inner.setCollar(50_000n, 250_000_000n, 0n, -300_000_000n);
    expect(written(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=2.5 ref=0 px=-3");
    inner.setDetail(DETAIL_MONEY, 12_345n, 2n ** 53n - 1n);
    expect(written(reasons.MAX_ORDER_NOTIONAL)).toBe("RISK-011 MAX_NOTIONAL limit=1.2345 got=900719925474.0991");
    inner.setDetail(DETAIL_COUNT, 2n ** 53n - 1n, 2n ** 53n - 1n);
    expect(written(reasons.OPEN_ORDERS)).toBe("RISK-018 OPEN_ORDERS limit=9007199254740991");
    inner.setDetail(DETAIL_QUANTITY, 50_000_000n, MOST_E8);
    expect(written(reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY limit=0.5 got=92000000000");
    inner.clearDetail();
    expect(written(reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY");
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
