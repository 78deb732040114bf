import type { LatencyStage } from "../../../operation/latency.ts";
import type { LiveLatency, LivePeer, LiveStall, LiveView } from "../../../operation/live.ts";
import { Chart } from "./chart.ts";
import { make, setText } from "./dom.ts";
import { bytes, count, microseconds } from "./format.ts";
import { Table } from "./table.ts";
import type { View } from "./view.ts";

/** Each stage in a word, and from what to what it is measured. */
const STAGES: Readonly<Record<LatencyStage, readonly [name: string, way: string]>> = {
  decide: ["Decide", "received → decided"],
  send: ["Send", "decided → at the venue's socket"],
  venue: ["Venue", "at the venue's socket → answered"],
  answer: ["Answer", "venue answered → client answered"],
  total: ["Whole way", "received → client answered"],
};

/** What a person looks at all day. */
export function overviewView(): View {
  const figures = new Figures([
    "Orders/s",
    "Reports/s",
    "Rejects/s",
    "p99, last 10 s",
    "Open orders",
    "Need attention",
  ]);
  const state = new Figures([
    "Sessions on",
    "Venues on",
    "Fullest limit",
    "Journal lag",
    "Fullest buffer",
    "Disk free",
  ]);
  const throughput = new Chart({ title: "Messages a second", series: ["orders", "reports", "rejects"], format: count });
  const latency = new Chart({
    title: "Latency, received → client answered",
    series: ["p50", "p99", "p99.9", "longest"],
    format: microseconds,
    log: true,
  });
  const stages = stageTable();
  const stalls = stallTable();
  const element = make(
    "div",
    { class: "stack" },
    make("h1", {}, "Overview"),
    figures.element,
    make("div", { class: "grid" }, panel(throughput.element), panel(latency.element)),
    state.element,
    make("div", { class: "grid lead" }, panel(stages.element), panel(stalls.element)),
  );

  function live(view: LiveView): void {
    const total = view.latency.find(({ stage }) => stage === "total");
    const { rates, orders, journal } = view;
    const p99 = total === undefined || total.count === 0 ? "–" : microseconds(total.p99);
    figures.show([
      count(rates.orders),
      count(rates.reports),
      count(rates.rejects),
      p99,
      count(orders.open),
      count(orders.attention),
    ]);
    const free = journal.totalBytes === 0 ? "unknown" : bytes(journal.freeBytes);
    const limit = view.limits.length === 0 ? "–" : `${view.limits[0]!.percent} %`;
    const lag = [bytes(journal.unwrittenBytes), `${journal.fullestPercent} %`, free];
    state.show([loggedOn(view.sessions), loggedOn(view.venues), limit, ...lag]);
    const atS = Date.parse(view.time) / 1000;
    throughput.add(atS, [rates.orders, rates.reports, rates.rejects]);
    const has = total !== undefined && total.count > 0;
    latency.add(atS, has ? [total.p50, total.p99, total.p999, total.max] : [null, null, null, null]);
    stages.show(view.latency);
    stalls.show(view.stalls);
  }
  return { element, live };
}

function loggedOn(peers: readonly LivePeer[]): string {
  return `${count(peers.filter(({ link }) => link === "logged on").length)} of ${count(peers.length)}`;
}

/** A list of large numbers with their names. */
class Figures {
  readonly element = make("dl", { class: "figures" });
  private readonly values: HTMLElement[];

  constructor(names: readonly string[]) {
    this.values = names.map(() => make("dd", {}, "–"));
    this.element.append(...names.map((name, i) => make("div", {}, make("dt", {}, name), this.values[i]!)));
  }

  show(texts: readonly string[]): void {
    for (const [i, text] of texts.entries()) setText(this.values[i]!, text);
  }
}

export function panel(...children: readonly HTMLElement[]): HTMLElement {
  return make("section", { class: "panel" }, ...children);
}

/** Bars compare the stages' p50 with the longest of them. */
function stageTable(): Table<LiveLatency> {
  return new Table<LiveLatency>({
    caption: "Stages of an order, last 10 s",
    key: ({ stage }) => stage,
    empty: "No stage was measured yet.",
    columns: [
      { title: "Stage", text: ({ stage }) => STAGES[stage][0], note: ({ stage }) => STAGES[stage][1] },
      { title: "Count", kind: "number", text: ({ count: one }) => count(one) },
      {
        title: "p50",
        kind: "number",
        text: (one) => figure(one, one.p50),
        percent: ({ p50 }, all) => (100 * p50) / Math.max(1, ...all.map((one) => one.p50)),
      },
      { title: "p99", kind: "number", text: (one) => figure(one, one.p99) },
      { title: "p99.9", kind: "number", text: (one) => figure(one, one.p999) },
      { title: "Longest", kind: "number", text: (one) => figure(one, one.max) },
    ],
  });
}

function figure({ count: values }: LiveLatency, us: number): string {
  return values === 0 ? "–" : microseconds(us);
}

function stallTable(): Table<LiveStall> {
  return new Table<LiveStall>({
    caption: "Stalls by cause, since the start",
    key: ({ cause }) => cause,
    empty: "No lane has stalled.",
    columns: [
      { title: "Cause", text: ({ cause }) => cause },
      { title: "Count", kind: "number", text: ({ count: one }) => count(one) },
      { title: "Longest", kind: "number", text: ({ worstUs }) => microseconds(worstUs) },
      { title: "Together", kind: "number", text: ({ totalUs }) => microseconds(totalUs) },
    ],
  });
}
