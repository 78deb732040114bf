import { describe, expect, test } from "bun:test";
import { MOST_E8 } from "../../../src/base/units.ts";
import {
  ACCOUNTS,
  LEVEL_ACCOUNT,
  LEVEL_FIRM,
  LEVEL_SESSION,
  LEVEL_SYMBOL,
  SYMBOLS,
} from "../../../src/core/assembly/layout.ts";
import { CHECKS } from "../../../src/core/risk/checks.ts";
import * as reasons from "../../../src/core/risk/reason-codes.ts";
import { cxlRejReason, ordRejReason, REASONS, reasonText } from "../../../src/core/risk/reasons.ts";
import { SESSION_CHECKS } from "../../../src/core/risk/session-checks.ts";
import { ExecutionReport, REPORT_LONG_TEXT_BYTES, REPORT_TEXT_BYTES } from "../../../src/record/execution-report.ts";
import { fieldsOf } from "../../fix/orders/fields-of.ts";
import { CONFIG } from "../driver.ts";
import { InnerCore } from "../inner.ts";

const DETAIL_COUNT = 1;
const DETAIL_MONEY = 2;
const DETAIL_QUANTITY = 3;
const innerCore = new InnerCore();
const { core, inner, idAt } = innerCore;
const put = (name: string): number => innerCore.put(name);
const first = { account: CONFIG.accounts[0]!.name, symbol: CONFIG.symbols[0]!.name };
const report = new ExecutionReport(core.scratch).aim(0);

function written(reason: number): string {
  report.bytes.fill(0);
  inner.reason(idAt, reason);
  const { textAt, textLength } = report;
  const room = textLength > REPORT_TEXT_BYTES ? REPORT_LONG_TEXT_BYTES : REPORT_TEXT_BYTES;
  expect(report.bytes.subarray(textAt + textLength, textAt + room + 1).every((byte) => byte === 0)).toBe(true);
  return String.fromCharCode(...report.bytes.subarray(textAt, textAt + textLength));
}

describe("a refusal's text", () => {
  test("is code and name, which never change", () => {
    expect(reasonText(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR");
    expect(reasonText(reasons.KILL_SWITCH)).toBe("RISK-002 KILL_SWITCH");
    expect(reasonText(reasons.UNKNOWN_ORDER)).toBe("CORE-210 UNKNOWN_ORDER");
    inner.clearDetail();
    expect(written(reasons.VENUE_DOWN)).toBe("CORE-202 VENUE_DOWN");
  });

  test("goes on with limit, value and level, whatever they are", () => {
    inner.setCollar(52_500n, 0n, 10_125_000_000n, 12_000_000_000n);
    expect(written(reasons.PRICE_COLLAR)).toBe("RISK-012 PRICE_COLLAR limit=5.2500% ref=101.25 value=120");
    inner.setLevel(LEVEL_SYMBOL, 0);
    expect(written(reasons.PRICE_COLLAR)).toBe(
      `RISK-012 PRICE_COLLAR limit=5.2500% ref=101.25 value=120 level=SYMBOL:${first.symbol}`,
    );
    inner.setCollar(50_000n, 250_000_000n, 0n, -300_000_000n);
    expect(written(reasons.PRICE_COLLAR)).toBe(
      `RISK-012 PRICE_COLLAR limit=2.5 ref=0 value=-3 level=SYMBOL:${first.symbol}`,
    );
    inner.setDetail(DETAIL_MONEY, 12_345n, 2n ** 53n - 1n);
    inner.setLevel(LEVEL_ACCOUNT, 0);
    expect(written(reasons.MAX_ORDER_NOTIONAL)).toBe(
      `RISK-011 MAX_ORDER_NOTIONAL limit=1.2345 value=900719925474.0991 level=ACCOUNT:${first.account}`,
    );
    inner.setDetail(DETAIL_COUNT, 2n ** 53n - 1n, 2n ** 53n - 1n);
    inner.setLevel(LEVEL_SESSION, -1);
    expect(written(reasons.OPEN_ORDERS)).toBe(
      "RISK-018 MAX_OPEN_ORDERS limit=9007199254740991 value=9007199254740991 level=SESSION",
    );
    inner.setDetail(DETAIL_QUANTITY, 50_000_000n, MOST_E8);
    inner.setLevel(LEVEL_FIRM, -1);
    expect(written(reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY limit=0.5 value=92000000000 level=FIRM");
    inner.clearDetail();
    expect(written(reasons.MAX_ORDER_QTY)).toBe("RISK-010 MAX_ORDER_QTY");
    inner.setLevel(LEVEL_FIRM, -1);
    expect(written(reasons.OPEN_ORDERS)).toBe("RISK-018 MAX_OPEN_ORDERS level=FIRM");
  });

  test("has room for the longest numbers beside the longest name", () => {
    const length = put("N".repeat(64));
    const symbol = core.code.addName(SYMBOLS, idAt, length);
    const account = core.code.addName(ACCOUNTS, idAt, length);
    inner.setCollar(0n, MOST_E8 - 1n, -MOST_E8 + 1n, -MOST_E8 + 1n);
    inner.setLevel(LEVEL_SYMBOL, symbol);
    const ref = "-91999999999.99999999";
    expect(written(reasons.PRICE_COLLAR)).toBe(
      `RISK-012 PRICE_COLLAR limit=91999999999.99999999 ref=${ref} value=${ref} level=SYMBOL:${"N".repeat(64)}`,
    );
    inner.setDetail(DETAIL_MONEY, 4_599_999_999_999_999_999n, 4_599_999_999_999_999_999n);
    inner.setLevel(LEVEL_ACCOUNT, account);
    for (const { reason } of CHECKS) expect(written(reason)).toEndWith(` level=ACCOUNT:${"N".repeat(64)}`);
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

test("each version says the reason that its table has, in its own dictionary", () => {
  for (const [place, name] of ["FIX.4.2", "FIX.4.4", "FIX.5.0SP2"].entries()) {
    for (const { reason, ord, cxl } of REASONS) {
      const said = fieldsOf(name, "8").ordRejReasons[ordRejReason(reason)];
      expect(`${name} ${reasonText(reason)} 103=${said}`).toBe(`${name} ${reasonText(reason)} 103=${ord[place]}`);
      const refused = fieldsOf(name, "9").cxlRejReasons[cxlRejReason(reason)];
      expect(`${name} ${reasonText(reason)} 102=${refused}`).toBe(`${name} ${reasonText(reason)} 102=${cxl[place]}`);
    }
  }
});

test("every reason that the core gives has one row, and every row is a reason of its own", () => {
  const numbers = Object.values(reasons).filter((one) => one !== reasons.ACCEPTED && one !== reasons.DROPPED);
  expect(REASONS.map(({ reason }) => reason).sort()).toEqual(numbers.sort());
});

/** Codes whose name is not the key's, because several keys belong to them or the key is no limit. */
const NAMED_OTHERWISE = new Set([
  ...[
    "UNKNOWN_SESSION",
    "KILL_SWITCH",
    "UNKNOWN_ACCOUNT",
    "NOT_ENTITLED",
    "ACCOUNT_DISABLED",
    "TRADER_DISABLED",
    "ACCOUNT_WITHOUT_LIMITS",
  ],
  ...["UNKNOWN_SYMBOL", "SYMBOL_DISABLED", "BAD_QUANTITY", "BAD_PRICE", "NO_REFERENCE_PRICE", "PRICE_COLLAR"],
  ...["NO_ROUTE", "TABLE_FULL", "POSITIONS_FULL", "DUPLICATE_ORDER", "DUPLICATES_FULL", "MARKET_CLOSED"],
  ...["REPEATED_EXECUTIONS", "SELF_TRADE", "RATE_MISSING", "CURRENCY_MISMATCH"],
  ...["FIRM_ORDER_MESSAGES", "FIRM_ALL_MESSAGES"],
  ...["UNSUPPORTED_ORDER_TYPE", "UNSUPPORTED_TIME_IN_FORCE", "PHASE_ORDER_TYPES", "PHASE_TIMES_IN_FORCE"],
]);

test("a limit's code and its key have one name", () => {
  for (const { name, keys } of [...CHECKS, ...SESSION_CHECKS]) {
    if (NAMED_OTHERWISE.has(name)) continue;
    for (const key of keys) {
      const words = key
        .split(".")
        .at(-1)!
        .replaceAll(/[A-Z]/g, (letter) => `_${letter}`);
      expect(words.toUpperCase()).toBe(name);
    }
  }
});
