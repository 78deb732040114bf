// A venue that has logged on may be asked for the statuses of its open orders before it gets new ones.

import { expect, test } from "bun:test";
import fc from "fast-check";
import * as why from "../../src/core/risk/reason-codes.ts";
import { venueRoundOf } from "../../src/core/venue-round.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_ORDER,
  CONTROL_VENUE_READY,
  CONTROL_VENUE_STATUS,
} from "../../src/record/control-codes.ts";
import { drawn } from "../property.ts";
import { mostly } from "./arbitraries.ts";
import { ready } from "./drawn-silence.ts";
import { CONFIG, CoreDriver, makeRequest, ONE, type RequestTerms } from "./driver.ts";
import { Model } from "./model.ts";
import type { Out } from "./outs.ts";
import { RoutedDriver, rule, withRules } from "./routed-driver.ts";

const NOTHING = new Uint8Array();
const up = (venue: number, asksFirst = true) => ({
  ...{ kind: code.REPORT_VENUE_UP, venue },
  slot: asksFirst ? code.ASKS_FIRST : 0,
});

test("a fallback gets the orders of a venue that is asked; it has them again when it is ready, by its own round alone", () => {
  const driver = new RoutedDriver(
    withRules(rule({ venues: ["ALPHA", "BETA"] }), rule({ symbols: ["MSFT"], venues: ["ALPHA"] })),
  );
  const make = (venue: number, round: number) => driver.command(CONTROL_VENUE_READY, round, venue, "", NOTHING);
  expect(driver.route({})).toBe(0);
  driver.tell(up(0));
  expect(driver.route({})).toBe(1);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  expect(driver.route({})).toBe(-why.VENUE_STATUS_AWAITED);
  const round = venueRoundOf(driver.core.area, 0)!;
  driver.tell(up(0));
  expect(make(0, round)).toBe(CONTROL_UNCHANGED);
  expect(driver.route({})).toBe(-why.VENUE_STATUS_AWAITED);
  expect(make(0, venueRoundOf(driver.core.area, 0)!)).toBe(CONTROL_APPLIED);
  expect(driver.route({})).toBe(0);
  for (const [venue, given] of [
    [0, 1],
    [0, 0],
    [1, round],
  ] as const)
    expect(make(venue, given)).toBe(CONTROL_UNCHANGED);
  expect(venueRoundOf(driver.core.area, 1)).toBeNull();
  for (const venue of [-1, 0.5, 99]) expect(make(venue, round)).toBe(CONTROL_UNKNOWN_NAME);
});

test("rounds are told apart, however many there are", () => {
  const driver = new CoreDriver();
  const rounds = Array.from({ length: 600 }, () => {
    driver.tell(up(0));
    return venueRoundOf(driver.core.area, 0);
  });
  for (const [i, round] of rounds.entries()) expect(round === rounds[i + 1]).toBeFalse();
  expect(rounds).not.toContain(null);
});

test("open orders are asked about, others and those of a venue that is down are not", () => {
  const driver = new CoreDriver();
  const status = (number = 1) => driver.command(CONTROL_VENUE_STATUS, 0, number, "", NOTHING);
  driver.order({ id: "A" });
  expect(status(2)).toBe(CONTROL_UNKNOWN_ORDER);
  driver.tell(up(0));
  expect(status()).toBe(CONTROL_APPLIED);
  expect(driver.take()).toMatchObject([{ out: "request", kind: code.REQUEST_STATUS, venue: 0 }]);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
  expect([status(), driver.take()]).toEqual([CONTROL_UNCHANGED, []]);
  driver.tell(up(0));
  driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
  expect([status(), driver.take()]).toEqual([CONTROL_UNCHANGED, []]);
});

test("the core admits what the model does, whichever venues are up, asked and ready, and replays to the same state", () => {
  const ids = ["A", "B", "C"] as const;
  const request = fc.record({
    what: fc.constant("request" as const),
    kind: mostly(code.REQUEST_NEW, code.REQUEST_REPLACE, code.REQUEST_CANCEL),
    id: fc.constantFrom(...ids),
    symbol: fc.constantFrom("AAPL", "MSFT"),
  });
  const venue = fc.record({
    ...{ what: fc.constant("venue" as const), id: fc.constantFrom(0, 1), up: mostly(true, false) },
    asksFirst: fc.boolean(),
  });
  const over = fc.record({
    what: fc.constant("ready" as const),
    id: fc.constantFrom(0, 1),
    isEarlier: mostly(false, true),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: request },
    { weight: 2, arbitrary: venue },
    { weight: 1, arbitrary: over },
  );
  const reasons = new Map<number, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const driver = new CoreDriver();
      const model = new Model(driver.config);
      for (const id of [0, 1]) model.venue(id, true);
      for (const [i, given] of steps.entries()) {
        if (given.what === "ready") ready(driver, model, given.id, given.isEarlier);
        else if (given.what === "venue") {
          driver.tell({
            ...up(given.id, given.asksFirst),
            kind: given.up ? code.REPORT_VENUE_UP : code.REPORT_VENUE_DOWN,
          });
          model.venue(given.id, given.up, given.asksFirst);
        } else {
          const { kind, id, symbol } = given;
          const isNew = kind === code.REQUEST_NEW;
          const px = (symbol === "AAPL" ? 100 : 200) * ONE;
          const terms = {
            ...ORDER,
            kind,
            symbol,
            px,
            id: isNew ? id : `X${i}`,
            orig: isNew ? "" : id,
          } as Required<RequestTerms>;
          driver.enter(makeRequest(terms));
          const outs = driver.take();
          expect(outs.map(plain)).toEqual(model.order(terms, driver.timeUs).map(plain));
          for (const { reason = 0 } of outs) reasons.set(reason as number, (reasons.get(reason as number) ?? 0) + 1);
        }
      }
      const again = new CoreDriver(CONFIG, false);
      again.replay(driver.journal, [0, 0, 0], [0, 0]);
      expect(again.core.digest()).toBe(driver.core.digest());
    }),
    drawn(300),
  );
  expect(reasons.get(why.VENUE_STATUS_AWAITED)).toBeGreaterThan(80);
});

/** Terms of a request, but for whose it is and in what. */
const ORDER = {
  ...{ session: 1, account: "ACC1", side: code.SIDE_BUY, type: code.TYPE_LIMIT, tif: code.TIF_DAY, qty: 1 },
  ...{ possResend: false, possDup: false, trader: "", epoch: 0 },
};

function plain(out: Out) {
  return [out.out, out.kind, out.venue, out.reason, out.execType, out.ordStatus];
}
