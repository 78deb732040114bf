import { US_PER_S } from "../base/units.ts";
import type { LimitReading, LinkReading } from "../operation/readings.ts";
import type { ThrottleView } from "../operation/venues.ts";
import type { Metric, NumberMetric, Sample } from "./metric.ts";

/** A counter of the core: its name there, the metric's name without prefix, and its meaning. */
type CoreRow = readonly [counter: string, name: string, help: string];

const CORE_COUNTERS: readonly CoreRow[] = [
  ["orders", "orders_total", "New orders that clients have sent, rejected ones included."],
  ["rejects", "orders_rejected_total", "New orders that the gateway has rejected."],
  ["cancels", "cancels_total", "Cancel requests that were taken, those of operators included."],
  ["replaces", "replaces_total", "Replace requests that clients have sent."],
  ["cancelRejects", "changes_rejected_total", "Cancel and replace requests that the gateway has rejected."],
  ["statusRequests", "status_requests_total", "Order status requests that clients have sent."],
  ["dropped", "requests_repeated_total", "Requests with PossResend or PossDupFlag whose ClOrdID was known."],
  ["reports", "reports_total", "Inputs from venues: their reports, and that a venue went up or down."],
  ["fills", "fills_total", "Executions that were booked."],
  ["venueRejects", "requests_venue_rejected_total", "New orders, cancels and replaces that venues have rejected."],
  ["orphanReports", "reports_unknown_order_total", "Reports of orders that the gateway does not know."],
  ["illegalReports", "reports_illegal_total", "Reports that the state of their order does not allow."],
  ["doubledFills", "reports_repeated_total", "Executions whose ExecID was booked before."],
  ["cumQtyDisagreements", "reports_disagreeing_total", "Reports whose sums were not those of the gateway."],
  [
    "unmatchedReportsLost",
    "unmatched_reports_lost_total",
    "Reports of unknown orders that are in the journal alone, because all places of unmatched reports were taken.",
  ],
  [
    "unsupportedReports",
    "reports_unsupported_total",
    "Reports that were passed on because the gateway does not model them.",
  ],
  [
    "controls",
    "control_commands_total",
    "Commands that the core has journalled, records of operators' actions included.",
  ],
];
const CORE_GAUGES: readonly CoreRow[] = [
  ["openOrders", "orders_open", "Orders that are open."],
  ["ordersNeedingAttention", "orders_needing_attention", "Orders that an operator must look at."],
  ["unmatchedReports", "unmatched_reports_open", "Reports of unknown orders that nobody has assigned or dismissed."],
];

function coreMetric(type: "counter" | "gauge"): (row: CoreRow) => Metric {
  return ([counter, name, help]) => ({
    name: `sallyport_${name}`,
    type,
    help,
    labels: [],
    unit: "1",
    read: ({ readings }) => [{ labels: [], value: readings.counters[counter] ?? 0 }],
  });
}

export const tradingMetrics: readonly Metric[] = [
  ...CORE_COUNTERS.map(coreMetric("counter")),
  ...CORE_GAUGES.map(coreMetric("gauge")),
  {
    name: "sallyport_overrides_granted",
    type: "gauge",
    help: "Overrides of checks that are granted and that no order has used yet.",
    labels: [],
    unit: "1",
    read: ({ readings }) => [{ labels: [], value: readings.overrides.length }],
  },
  {
    name: "sallyport_kill_switches_engaged",
    type: "gauge",
    help: "Kill switches that are engaged, by what they stop: firm, account, session, symbol, venue.",
    labels: ["kind"],
    unit: "1",
    read: ({ readings }) =>
      KILL_KINDS.map((kind) => {
        const of = readings.kills.filter(({ scope }) => scope === kind || scope.startsWith(`${kind}:`));
        return { labels: [kind], value: of.length };
      }),
  },
];

const KILL_KINDS = ["firm", "client", "account", "session", "trader", "symbol", "venue"];

type Kind = "session" | "venue";
/** What a metric reads of a client session or venue; null: nothing. */
type LinkValue = (link: LinkReading) => number | null;

/** Name, type, meaning, unit and value of what each client session or venue has. */
type LinkRow = readonly [
  name: string,
  type: "counter" | "gauge",
  help: (what: string) => string,
  unit: string,
  value: LinkValue,
  others?: "max",
];

const LINK_ROWS: readonly LinkRow[] = [
  ["up", "gauge", (what) => `1 while the ${what} is logged on.`, "1", ({ state }) => Number(state === "logged on")],
  [
    "expected",
    "gauge",
    (what) => `1 while the ${what} is in its schedule and switched on.`,
    "1",
    ({ state, isExpected }) => Number(isExpected && state !== "closed"),
  ],
  ["requests_total", "counter", (what) => `Requests about orders, by ${what}.`, "1", ({ requests }) => requests],
  ["reports_total", "counter", (what) => `Reports about orders, by ${what}.`, "1", ({ reports }) => reports],
  ["garbled_total", "counter", () => "Messages that could not be read.", "1", ({ garbled }) => garbled],
  ["open_orders", "gauge", (what) => `Open orders, by ${what}.`, "1", ({ openOrders }) => openOrders],
  ["backlog_bytes", "gauge", () => "Output that the peer has not taken yet.", "By", ({ backlogBytes }) => backlogBytes],
  [
    "gap",
    "gauge",
    () => "1 while messages are missing and those behind them wait.",
    "1",
    ({ hasGap }) => Number(hasGap),
  ],
  [
    "last_message_timestamp_seconds",
    "gauge",
    () => "When the peer's last message came, seconds since 1970.",
    "s",
    ({ lastInMs }) => (lastInMs === null ? null : lastInMs / 1_000),
    "max",
  ],
];

/** Pairs of values by direction. */
const DIRECTED: readonly (readonly [name: string, help: string, in_: LinkValue, out: LinkValue])[] = [
  ["messages_total", "Messages of all types.", ({ messagesIn }) => messagesIn, ({ messagesOut }) => messagesOut],
  [
    "rejects_total",
    "Session and business rejects: in, from the peer; out, by the gateway.",
    ({ rejectsReceived }) => rejectsReceived,
    ({ rejectsSent }) => rejectsSent,
  ],
];

const THROTTLE_ROWS: readonly (readonly [
  name: string,
  type: "counter" | "gauge",
  help: string,
  value: (throttle: ThrottleView) => number,
])[] = [
  ["queued_requests", "gauge", "New orders and replaces that wait for the venue's throttle.", ({ queued }) => queued],
  ["queue_length", "gauge", "Most new orders and replaces that may wait.", ({ queueLength }) => queueLength],
  ["waiting_cancels", "gauge", "Cancels that wait for the venue's throttle.", ({ cancelsWaiting }) => cancelsWaiting],
  [
    "throttled_total",
    "counter",
    "Requests that the venue's throttle has refused at once.",
    ({ throttled }) => throttled,
  ],
  [
    "expired_total",
    "counter",
    "Requests that were refused because they had waited too long for the venue's throttle.",
    ({ expired }) => expired,
  ],
];

/** What waits for the venues' throttles, and what these refuse. */
export const throttleMetrics: readonly Metric[] = THROTTLE_ROWS.map(
  ([name, type, help, value]): NumberMetric => ({
    name: `sallyport_venue_${name}`,
    type,
    help,
    labels: ["venue"],
    unit: "1",
    others: "sum",
    read: ({ readings }) =>
      readings.venues.flatMap((link) => sampleOf(link, ({ throttle }) => (throttle === null ? null : value(throttle)))),
  }),
);

/** What client sessions and venues have in common. */
export function linkMetrics(kind: Kind): readonly Metric[] {
  const prefix = `sallyport_${kind}`;
  const what = kind === "session" ? "client session" : "venue";
  const plain = LINK_ROWS.map(
    ([name, type, help, unit, value, others]): NumberMetric => ({
      name: `${prefix}_${name}`,
      type,
      help: help(what),
      labels: [kind],
      unit,
      others: others ?? "sum",
      read: ({ readings }) =>
        (kind === "session" ? readings.sessions : readings.venues).flatMap((link) => sampleOf(link, value)),
    }),
  );
  const directed = DIRECTED.map(
    ([name, help, in_, out]): NumberMetric => ({
      name: `${prefix}_${name}`,
      type: "counter",
      help,
      labels: [kind, "direction"],
      unit: "1",
      others: "sum",
      read: ({ readings }) =>
        (kind === "session" ? readings.sessions : readings.venues).flatMap((link) => [
          { labels: [link.name, "in"], value: in_(link) ?? 0 },
          { labels: [link.name, "out"], value: out(link) ?? 0 },
        ]),
    }),
  );
  return [...plain, ...directed];
}

function sampleOf(link: LinkReading, value: LinkValue): Sample[] {
  const number = value(link);
  return number === null ? [] : [{ labels: [link.name], value: number }];
}

/** What only client sessions have. */
export const sessionMetrics: readonly Metric[] = [
  {
    name: "sallyport_session_messages_throttled_total",
    type: "counter",
    help: "Messages of a client session that were refused because too many came.",
    labels: ["session"],
    unit: "1",
    others: "sum",
    read: ({ readings }) =>
      readings.sessions.map(({ name, messagesThrottled }) => ({ labels: [name], value: messagesThrottled })),
  },
  {
    name: "sallyport_session_flood_logouts_total",
    type: "counter",
    help: "Logouts of a client session because too many messages came.",
    labels: ["session"],
    unit: "1",
    others: "sum",
    read: ({ readings }) =>
      readings.sessions.map(({ name, floodLogouts }) => ({ labels: [name], value: floodLogouts })),
  },
];

/** Labels and values of the limits of a level. */
function limitSamples(level: LimitReading["level"], value: (limit: LimitReading) => number): NumberMetric["read"] {
  return ({ readings }) =>
    readings.limits
      .filter((one) => one.level === level)
      .map((one) => ({ labels: level === "firm" ? [one.limit] : [one.name, one.limit], value: value(one) }));
}

function limitsOf(level: LimitReading["level"], used: string, most: string, whose: string): NumberMetric[] {
  const labels = level === "firm" ? ["limit"] : [level, "limit"];
  const gauge = { type: "gauge", labels, unit: "1", others: "sum" } as const;
  return [
    {
      ...gauge,
      name: used,
      help: `Used part of a limit that fills up, of ${whose}.`,
      read: limitSamples(level, (limit) => limit.used),
    },
    {
      ...gauge,
      name: most,
      help: `The limit that ${used} is a part of.`,
      read: limitSamples(level, (limit) => limit.most),
    },
  ];
}

export const limitMetrics: readonly Metric[] = [
  ...limitsOf("account", "sallyport_limit_used", "sallyport_limit_max", "accounts that use any"),
  ...limitsOf("client", "sallyport_client_limit_used", "sallyport_client_limit_max", "clients, over their accounts"),
  ...limitsOf("session", "sallyport_session_limit_used", "sallyport_session_limit_max", "client sessions"),
  ...limitsOf("trader", "sallyport_trader_limit_used", "sallyport_trader_limit_max", "traders"),
  ...limitsOf("firm", "sallyport_firm_limit_used", "sallyport_firm_limit_max", "the firm, over all accounts"),
  {
    name: "sallyport_limit_currency_info",
    type: "gauge",
    help: "1, with the currency of limits of money where `risk.currency` is configured.",
    labels: ["currency"],
    unit: "1",
    read: ({ readings: { limitCurrency } }) => (limitCurrency === null ? [] : [{ labels: [limitCurrency], value: 1 }]),
  },
];

export const latencyMetrics: readonly Metric[] = [
  {
    name: "sallyport_latency_seconds",
    type: "histogram",
    help: "Time of the stages of an order's way and of its answer, and of the whole way.",
    labels: ["stage"],
    unit: "s",
    read: ({ readings }) =>
      readings.latencies.map(({ stage, buckets, count, sumUs }) => ({
        labels: [stage],
        buckets: buckets.map(({ leUs, count }) => ({ le: secondsOf(leUs), count })),
        count,
        sum: sumUs / US_PER_S,
      })),
  },
];

/** Without the noise of a division. */
function secondsOf(us: number): number {
  return Number.isFinite(us) ? Number((us / US_PER_S).toPrecision(12)) : us;
}
