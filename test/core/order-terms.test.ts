// Terms that stand beside an order's record: what contradicts the order, or itself, is refused by its tag.

import { expect, test } from "bun:test";
import * as code from "../../src/record/codes.ts";
import { CONFIG, only, type RequestTerms } from "./driver.ts";
import { RoutedDriver } from "./routed-driver.ts";

const TYPES = ["market", "limit", "market-on-close", "limit-on-close", "market-if-touched", "pegged"] as const;
const TIMES = ["day", "gtc", "ioc", "fok", "gtd", "at-opening", "at-close"] as const;
const venues = CONFIG.venues.map((venue) => ({ ...venue, orderTypes: TYPES, timeInForce: TIMES }));
/** 2023-11-14 22:13:20 UTC. */
const driver = new RoutedDriver({ ...CONFIG, venues });
let nextId = 0;

/** Refusal's text of an order with these fields beside its record, or "". */
function told(terms: RequestTerms, ...beside: string[]): string {
  const id = `T${nextId++}`;
  return String(
    only(
      driver.enterWith(
        { id, ...terms },
        beside.map((field) => [field] as const),
      ).outs,
    ).text ?? "",
  );
}

const PEG = { type: code.TYPE_PEGGED };
const TOUCH = { type: code.TYPE_MARKET_IF_TOUCHED };
const refused: [string, RequestTerms, string[], string][] = [
  ["MinQty above", {}, ["110=101"], "RISK-145 TERM_QUANTITY tag=110 limit=100 value=101 level=ORDER"],
  ["MinQty below 0", {}, ["110=-1"], "RISK-145 TERM_QUANTITY tag=110 limit=100 value=-1 level=ORDER"],
  ["half a share", {}, ["110=0.5"], "RISK-145 TERM_QUANTITY tag=110 limit=100 value=0.5 level=ORDER"],
  ["no number", {}, ["110=x"], "ORDER-020 NUMBER_NOT_HELD tag=110 max=92e9 step=1e-8"],
  [
    "MaxFloor above",
    {},
    ["111=100.00000001"],
    "RISK-145 TERM_QUANTITY tag=111 limit=100 value=100.00000001 level=ORDER",
  ],
  ["MaxFloor below 0", {}, ["111=-1"], "RISK-145 TERM_QUANTITY tag=111 limit=100 value=-1 level=ORDER"],
  ["MaxShow", {}, ["210=200"], "RISK-145 TERM_QUANTITY tag=210 limit=100 value=200 level=ORDER"],
  ["DisplayQty", {}, ["1138=101"], "RISK-145 TERM_QUANTITY tag=1138 limit=100 value=101 level=ORDER"],
  ["two that differ", {}, ["111=10", "1138=20"], "RISK-147 CONTRADICTORY_TERMS tag=1138 level=ORDER"],
  ["of other customers", {}, ["210=10", "1138=20"], "RISK-147 CONTRADICTORY_TERMS tag=1138 level=ORDER"],
  [
    "a past time",
    {},
    ["126=20231114-22:13:20"],
    "RISK-146 ALREADY_EXPIRED tag=126 value=20231114-22:13:20 level=ORDER",
  ],
  [
    "microseconds",
    {},
    ["126=20231114-22:13:19.999999"],
    "RISK-146 ALREADY_EXPIRED tag=126 value=20231114-22:13:19.999999 level=ORDER",
  ],
  ["no time", {}, ["126=20231314-22:13:20"], "RISK-146 ALREADY_EXPIRED tag=126 value=20231314-22:13:20 level=ORDER"],
  ["yesterday", {}, ["432=20231113"], "RISK-146 ALREADY_EXPIRED tag=432 value=20231113 level=ORDER"],
  ["no date", {}, ["432=2023-11-15"], "RISK-146 ALREADY_EXPIRED tag=432 value=2023-11-15 level=ORDER"],
  [
    "begins when it ends",
    {},
    ["126=20231115-10:00:00", "168=20231115-10:00:00.000"],
    "RISK-147 CONTRADICTORY_TERMS tag=168 level=ORDER",
  ],
  ["a cash quantity", {}, ["152=1000"], "RISK-147 CONTRADICTORY_TERMS tag=152 level=ORDER"],
  ["a percentage", {}, ["516=0.5"], "RISK-147 CONTRADICTORY_TERMS tag=516 level=ORDER"],
  ["a peg to nothing", PEG, ["58=peg"], "RISK-144 TERM_MISSING tag=18 level=ORDER"],
  ["a trailing stop", PEG, ["18=a"], "RISK-144 TERM_MISSING tag=211 level=ORDER"],
  ["two pegs", PEG, ["18=M R"], "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
  ["held and not held", {}, ["18=1 5"], "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
  ["posted and at once", { tif: code.TIF_IOC }, ["18=6"], "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
  ["posted at market", { type: code.TYPE_MARKET }, ["18=6"], "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
  [
    "on close, at once",
    { type: code.TYPE_MARKET_ON_CLOSE, tif: code.TIF_FOK },
    [],
    "RISK-147 CONTRADICTORY_TERMS tag=59 level=ORDER",
  ],
  ["touched at -1", TOUCH, ["99=-1"], "RISK-108 BAD_PRICE tag=99 limit=0 value=-1 level=SYMBOL:AAPL"],
];

test.each(refused)("%s is refused", (_, terms, beside, text) => {
  expect(told(terms, ...beside)).toBe(text);
});

const passed: [string, RequestTerms, string[]][] = [
  ["all of it", {}, ["110=100", "111=100"]],
  ["no smallest quantity", {}, ["110=0"]],
  ["undisclosed", {}, ["1084=4", "1138=0"]],
  ["hidden", {}, ["111=0", "210=0", "1138=0"]],
  ["one for the market, one for other customers", {}, ["111=20", "210=10"]],
  ["the same twice", {}, ["111=10", "1138=10.0"]],
  ["a microsecond later", {}, ["126=20231114-22:13:20.000001"]],
  ["nanoseconds", {}, ["126=20231115-22:13:20.123456789"]],
  ["today", {}, ["432=20231114"]],
  ["a leap day", {}, ["432=20240229", "126=20240229-23:59:60"]],
  ["begins before", {}, ["168=20231115-09:59:59.999", "126=20231115-10:00:00"]],
  ["a peg with an offset", PEG, ["18=R", "211=-0.01"]],
  ["a peg by its type", PEG, ["1094=4"]],
  ["a trailing stop with an offset", PEG, ["18=a L", "211=0.5"]],
  ["several instructions", {}, ["18=1 6 G"]],
  ["touched", TOUCH, ["99=101"]],
  ["on close", { type: code.TYPE_MARKET_ON_CLOSE, tif: code.TIF_AT_CLOSE }, []],
];

test.each(passed)("%s passes", (_, terms, beside) => {
  expect(told(terms, ...beside)).toBe("");
});

test("fields in groups, and data that looks like a field, are none of the order", () => {
  const beside: (readonly [string, number?])[] = [
    ["78=1"],
    ["79=A", 1],
    ["110=500", 1],
    ["354=8", 0],
    ["355=x\x01110=5", 0],
  ];
  expect(only(driver.enterWith({ id: "GROUP" }, beside).outs).text ?? "").toBe("");
});

test("a replace is held to its own terms and its new quantity; a cancel to none", () => {
  expect(told({ id: "R" }, "110=100")).toBe("");
  const replace = { kind: code.REQUEST_REPLACE, orig: "R", qty: 50 };
  expect(told({ ...replace, id: "R1" }, "110=51")).toBe("RISK-145 TERM_QUANTITY tag=110 limit=50 value=51 level=ORDER");
  expect(told({ ...replace, id: "R2" }, "126=20231114-22:13:20")).toContain("RISK-146 ALREADY_EXPIRED tag=126");
  const cancel = { kind: code.REQUEST_CANCEL, orig: "R", id: "R3" };
  expect(only(driver.enterWith(cancel, [["110=1000"], ["126=20200101-00:00:00"]]).outs).out).toBe("request");
});

test("a date has passed when it has passed everywhere: venues are in other time zones than the trading day", () => {
  const at = (us: number, date: string): string => {
    driver.timeUs = us;
    return told({}, `432=${date}`);
  };
  const noon = Date.UTC(2023, 10, 16, 12) * 1_000;
  expect(at(noon - 1_000, "20231115")).toBe("");
  expect(at(noon, "20231115")).toBe("RISK-146 ALREADY_EXPIRED tag=432 value=20231115 level=ORDER");
});
