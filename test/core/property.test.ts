import { expect, test } from "bun:test";
import fc from "fast-check";
import { MOST_E8, NO_PRICE, UNIT_E8 } from "../../src/base/units.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_CLOCK_SET_BACK, CONTROL_QUOTES } from "../../src/record/control-codes.ts";
import { quotesText } from "../../src/record/quotes.ts";
import { type Amount, price, units } from "../numbers.ts";
import { drawn, isUsual } from "../property.ts";
import { configureStep, mostly, pick } from "./arbitraries.ts";
import {
  compareExposure,
  compareOrderIds,
  comparePositions,
  configure,
  makeChanges,
  ORDER_IDS,
  startPositions,
} from "./compare.ts";
import { cancelMany, cancelOfMany, cancelOfSession, drawnSteps } from "./drawn-cancels.ts";
import { override, overrideStep } from "./drawn-overrides.ts";
import { drawnSilence, silence } from "./drawn-silence.ts";
import { massStatus, statusOfMany } from "./drawn-statuses.ts";
import { until, untilStep } from "./drawn-temporaries.ts";
import { unmatched, unmatchedStep } from "./drawn-unmatched.ts";
import { CoreDriver, makeRequest, ONE } from "./driver.ts";
import { isPriced } from "./limit-types.ts";
import { Model, type ModelReport } from "./model.ts";
import type { Out } from "./outs.ts";
import { endsReached } from "./own-commands.ts";
import { changeOf, exposureOf } from "./property-changes.ts";
import {
  CLOSINGS,
  CRYPTO,
  CURRENCIES,
  EXECUTIONS,
  FULL,
  LIMITED,
  type Market,
  RELOADS,
  RIGHTS,
  SELF_TRADES,
  SHARES,
  SHORT_LIVED,
  SMALL,
  SOURCES,
  SPREADS,
  STAFFED,
} from "./property-markets.ts";
import { requestOf } from "./property-requests.ts";
import { aimed, last, withoutText } from "./property-steps.ts";

const any = fc.nat();
const DAY_US = 86_400_000_000;

const reportOf = ({ lastPx, isFull, quotes }: Market) =>
  fc.record({
    kind: mostly(code.REPORT_EXECUTION, code.REPORT_CANCEL_REJECT, code.REPORT_NOT_TAKEN),
    venue: mostly(true, false),
    execType: pick("0", "0", "F", "F", "F", "F", "4", "8", "C", "3", "5", "5", "D", "H"),
    number: pick("first", "current", "pending", "pending", "stray"),
    requestNumber: pick("none", "none", "pending"),
    slot: fc.integer({ min: 0, max: SMALL.maxOrders - 1 }),
    execId: fc.integer({ min: 0, max: 30 }).map((n) => `${n % 2 === 0 ? "E" : "EXECUTION-".repeat(6)}${n}`),
    orderId: pick("", ...ORDER_IDS),
    lastQty: isFull === true ? pick("some", "more", "all there is") : pick("leaves", "some", "some", "more", "nothing"),
    lastPx: fc.oneof(lastPx, pick<Amount>(100 * ONE, NO_PRICE, 0, -ONE)),
    cumQty: pick("right", "right", "right", "right", "unsaid", "unsaid", "seven"),
    quantity: fc.oneof(pick(0, 0, 0), fc.integer({ min: 1, max: 500 })),
    price: fc.oneof(pick<Amount>(NO_PRICE, NO_PRICE), lastPx),
    /** Its TransactTime lies so far back; 0: it has none. */
    agoUs: quotes ? pick(0, 0, 200_000, 1_100_000) : fc.constant(0),
    possDup: quotes ? mostly(false, true) : fc.constant(false),
  });

type Drawn = ReturnType<typeof reportOf> extends fc.Arbitrary<infer T> ? T : never;

const positionsOf = ({ qty }: Market) =>
  fc.record({
    what: fc.constant("positions" as const),
    positions: fc.array(
      fc.record({
        account: mostly("ACC1", "ACC2", "NOBODY"),
        symbol: mostly("AAPL", "MSFT", "NOPE"),
        quantity: fc.oneof(
          qty.map(units),
          qty.map((one) => -units(one)),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  });

const stepOf = (market: Market, reports: number, cancels: number) =>
  fc.oneof(
    ...(market.isExposed ? [{ weight: 1, arbitrary: positionsOf(market) }] : []),
    ...(market.isExposed ? [{ weight: 2, arbitrary: unmatchedStep(market.qty, market.px) }] : []),
    { weight: 10, arbitrary: fc.record({ what: fc.constant("request" as const), terms: requestsOf(market), any }) },
    {
      weight: market.quotes ? 2 : 0,
      arbitrary: fc.record({
        what: fc.constant("quote" as const),
        symbol: mostly("AAPL", "NOPE"),
        px: market.px,
        ageMs: mostly(0, 100, 600),
      }),
    },
    { weight: reports, arbitrary: fc.record({ what: fc.constant("report" as const), terms: reportOf(market), any }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant("venue" as const), id: pick(0, 1), up: mostly(true, false) }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("kill" as const), on: mostly(false, true) }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant("reference" as const), px: market.reference }),
    },
    { weight: cancels, arbitrary: cancelOfSession },
    { weight: cancels, arbitrary: cancelOfMany },
    // Where the gateway cancels itself, venues answer.
    { weight: cancels > 0 ? 0 : 2, arbitrary: drawnSilence(SMALL.maxOrders) },
    { weight: market.reloads ? 1 : 0, arbitrary: statusOfMany },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant("change" as const),
        changes: fc.array((market.changes ?? (market.isExposed ? exposureOf : changeOf))(market), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
    },
    { weight: market.ends ? 3 : 0, arbitrary: overrideStep(requestsOf(market)) },
    {
      weight: market.ends ? 3 : 0,
      arbitrary: untilStep((market.changes ?? (market.isExposed ? exposureOf : changeOf))(market)),
    },
    {
      weight: market.reloads ? 3 : 0,
      arbitrary: fc.record({
        what: fc.constant("configure" as const),
        steps: fc.array(configureStep, { minLength: 1, maxLength: 5 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        what: fc.constant("time" as const),
        us: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 1, max: 400_000 }) },
          { weight: 1, arbitrary: pick(DAY_US) },
          ...(market.quotes ? [{ weight: 1, arbitrary: pick(-300_000, -2_000_000) }] : []),
        ),
      }),
    },
  );
/** Of a market with quotes, all are limit orders. */
function requestsOf(market: Market) {
  const drawn = requestOf(market);
  return market.quotes ? drawn.map((terms) => ({ ...terms, type: code.TYPE_LIMIT })) : drawn;
}
const stepsOf = (market: Market) => drawnSteps((reports, cancels) => stepOf(market, reports, cancels));
type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer T> ? T : never;

/** Of the venue agent; 0: it does not say. */
const WHY_NOT_SENT = [0, 0, code.NOT_SENT_THROTTLED, code.NOT_SENT_EXPIRED];

/** Turns a drawn report into one about what the slot holds now. */
function meant(model: Model, drawn: Drawn, any: number, nowUs: number): ModelReport {
  const order = model.orders.get(drawn.slot);
  const leaves = order === undefined ? 10n * UNIT_E8 : order.qty > order.cum ? order.qty - order.cum : 0n;
  const third = leaves / 3n;
  const lastQty = {
    leaves,
    some: third > 0n ? third : 1n,
    more: leaves + UNIT_E8,
    nothing: 0n,
    "all there is": MOST_E8 - (order?.cum ?? 0n),
  }[drawn.lastQty]!;
  const pending = order?.pending?.number ?? order?.refused?.number ?? 0;
  const moved = { F: lastQty, H: -lastQty }[drawn.execType] ?? 0n;
  const cum = (order?.cum ?? 0n) + moved;
  const numbers: Record<string, number> = {
    first: order?.number ?? 1,
    current: order?.current ?? 1,
    pending: pending || (order?.current ?? 1),
    stray: any % 50,
  };
  const venue = order === undefined || order.venue < 0 ? 0 : order.venue;
  return {
    execRefId: "",
    kind: drawn.kind,
    venue: drawn.venue ? venue : 1 - venue,
    execType: drawn.execType.charCodeAt(0),
    number: numbers[drawn.number]!,
    requestNumber: drawn.requestNumber === "none" ? 0 : pending,
    slot: drawn.slot,
    execId: drawn.execId,
    orderId: drawn.orderId,
    lastQty,
    lastPx: drawn.lastPx,
    cumQty: { right: cum > 0n ? cum : 0n, unsaid: undefined, seven: 7 }[drawn.cumQty],
    quantity: drawn.quantity,
    price: drawn.price,
    reason: drawn.kind === code.REPORT_NOT_TAKEN ? WHY_NOT_SENT[any % WHY_NOT_SENT.length]! : 0,
    transactUs: drawn.agoUs === 0 ? 0 : nowUs - drawn.agoUs,
    possDup: drawn.possDup,
    text: "venue says",
    cxlRejReason: 3,
    ordRejReason: 4,
  };
}

/**
 * Orders without a price of their own keep what they held until they change, which the model, adding up anew, does not know: the price that
 * they are valued at stays while one is there.
 */
function hasUnpriced(model: Model): boolean {
  return [...model.orders.values()].some((order) => !isPriced(order.type));
}

function take(driver: CoreDriver, model: Model, given: Step): Out[] {
  if (given.what === "venue") {
    model.venue(given.id, given.up);
    return driver.say({ kind: given.up ? code.REPORT_VENUE_UP : code.REPORT_VENUE_DOWN, venue: given.id });
  }
  if (given.what === "change") {
    if (given.changes.some(({ setting }) => setting.startsWith("collar")) && hasUnpriced(model)) return [];
    // What is past its end has ended before a command comes: the version is that of then.
    endsReached(driver);
    model.settings.endAt(driver.timeUs);
    makeChanges(driver, model, given.changes);
    return [];
  }
  if (given.what === "override") return override(driver, model, given);
  if (given.what === "unmatched") {
    unmatched(driver, model, given);
    return [];
  }
  if (given.what === "until") {
    until(driver, model, given);
    return [];
  }
  if (given.what === "positions") {
    startPositions(driver, model, given.positions);
    return [];
  }
  if (given.what === "configure") {
    configure(driver, model, given.steps);
    return [];
  }
  if (given.what === "quote") {
    const { symbol, px, ageMs } = given;
    const { text, count } = quotesText([{ symbol, priceE8: price(px), ageMs }]);
    driver.command(CONTROL_QUOTES, count, 0, "", text);
    model.references.quote(symbol, price(px), driver.timeUs - 1_000 * ageMs);
    return [];
  }
  if (given.what === "kill") {
    model.kill(given.on);
    driver.kill(given.on);
  } else if (given.what === "reference") {
    if (hasUnpriced(model)) return [];
    if (driver.reference("AAPL", given.px)) model.reference("AAPL", price(given.px));
  } else if (given.what === "time") {
    driver.timeUs += given.us;
    if (given.us < 0) {
      driver.instruct(CONTROL_CLOCK_SET_BACK, 0, 0, "");
      model.clockSetBack(driver.timeUs);
    }
  } else if (given.what === "cancel session" || given.what === "cancel some") return cancelMany(driver, model, given);
  else if (given.what === "mass status") return massStatus(driver, model, given);
  else if (given.what === "silence") return silence(driver, model, given);
  else if (given.what === "request") {
    const terms = aimed(model, given.terms, given.any);
    driver.enter(makeRequest(terms));
    const outs = driver.take();
    expect(withoutText(outs)).toEqual(withoutText(model.order(terms, driver.timeUs)));
    return outs;
  } else {
    const terms = meant(model, given.terms, given.any, driver.timeUs);
    const { cumQty, ...rest } = terms;
    const outcome = driver.tell(cumQty === undefined ? rest : { ...rest, cumQty });
    const outs = driver.take();
    model.nowUs = driver.timeUs;
    const { silent, outs: expected } = model.report(terms);
    expect(withoutText(outs)).toEqual(withoutText(expected));
    if (silent !== null) expect(outcome).toBe(silent);
    return outs;
  }
  return [];
}

test.each([
  ["shares", SHARES],
  ["shares under limits of exposure", LIMITED],
  ["spreads of fractions, of either sign", SPREADS],
  ["fractions at prices beyond 2^53", CRYPTO],
  ["shares while reloads change what is configured", RELOADS],
  ["permissions and limits that come and go", RIGHTS],
  ["limits that end", SHORT_LIVED],
  ["limits of executions", EXECUTIONS],
  ["orders that may not trade with each other", SELF_TRADES],
  ["limits of client sessions and traders", STAFFED],
  ["contracts in several currencies whose rates change", CURRENCIES],
  ["hours of markets and restricted lists that come and go", CLOSINGS],
  ["executions up to the largest quantity", FULL],
  ["quotes that get too old, and limits of all sessions' messages", SOURCES],
])(
  "the core does what the model does with %s, holds what orders add up to, and replays to the same state",
  (_, market) => {
    const { config } = market;
    const seen = new Set<string>();
    fc.assert(
      fc.property(stepsOf(market), fc.nat(), (steps, cut) => {
        const driver = new CoreDriver(config);
        const model = new Model(config);
        model.venue(0, true);
        model.venue(1, true);
        const outs: Out[] = [];
        for (const given of steps) {
          const came = take(driver, model, given);
          for (const out of came)
            seen.add(out.out === "request" ? `request ${out.kind}` : `${out.out} ${out.execType} ${out.reason}`);
          outs.push(...came);
          compareExposure(driver, model);
          comparePositions(driver, model);
          compareOrderIds(driver, model);
        }
        if (model.overrides.used > 0) seen.add("override used");
        if (model.unmatched.booked > 0) seen.add("unmatched booked");
        const sent = outs.slice(0, outs.length === 0 ? 0 : cut % (outs.length + 1));
        for (const [before, after] of [
          [outs, []],
          [sent, outs.slice(sent.length)],
        ] as const) {
          const again = new CoreDriver(config, false);
          again.replay(driver.journal, last(before, "session", 3), last(before, "venue", 2));
          expect(again.core.digest()).toBe(driver.core.digest());
          const kind = (wanted: boolean) => after.filter((out) => (out.out === "request") === wanted);
          expect(again.take()).toEqual([...kind(true), ...kind(false)]);
        }
      }),
      { ...drawn(market.runs ?? 300), includeErrorInReport: true },
    );
    // The usual drawing must keep reaching what it is there for.
    if (!isUsual) return;
    const reached = [...seen].sort();
    for (const wanted of [1, 2, 3]) expect(reached).toContain(`request ${wanted}`);
    if (market.ends) expect(reached).toContain("override used");
    if (market.isExposed) expect(reached).toContain("unmatched booked");
    if (market.reloads) for (const wanted of [0, 136]) expect(reached).toContain(`massStatus I ${wanted}`);
    for (const wanted of "0FH5D4C3I") expect(reached).toContain(`execution ${wanted} 0`);
    for (const wanted of market.refused) {
      expect(reached).toContain(`execution 8 ${wanted}`);
    }
    // A replace meets one of them.
    if (market === LIMITED) expect(reached.join("\n")).toMatch(/^cancelReject {2}(19|21|22|140|141)$/m);
    if (market === CURRENCIES) expect(reached).toContain("cancelReject  133");
    if (market === SELF_TRADES) {
      expect(reached).toContain("cancelReject  23");
      expect(reached).toContain("execution 4 236");
    }
    if (market === CLOSINGS) for (const wanted of [4, 5]) expect(reached).toContain(`cancelReject  ${wanted}`);
    if (market.reloads) for (const wanted of [1, 3, 101]) expect(reached).toContain(`cancelReject  ${wanted}`);
    if (market !== SHARES) return;
    for (const wanted of ["cancelReject  227", "execution I 228", "request 4"]) expect(reached).toContain(wanted);
    // Few cancels of the gateway's own are answered as such.
    expect(reached.join("\n")).toMatch(/^execution 4 21[789]$/m);
    for (const wanted of [0, 2, 8, 10, 12, 15, 16, 105, 108, 202, 204, 205, 210, 211, 212, 213, 214]) {
      expect(reached).toContain(`cancelReject  ${wanted}`);
    }
  },
  120_000,
);
