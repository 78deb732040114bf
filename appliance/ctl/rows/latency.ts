import { text } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

export const latencyRows: readonly CtlRow[] = [
  {
    name: "latency",
    summary: "latencies of orders by stage, microseconds",
    method: "GET",
    path: "/v1/latency",
    options: { session: text("NAME", "of a client session"), venue: text("NAME", "of a venue") },
    list: "",
    columns: {
      stage: "stage",
      "whole.count": "count",
      "whole.p50": "p50",
      "whole.p90": "p90",
      "whole.p99": "p99",
      "whole.p999": "p99.9",
      "whole.max": "max",
      "interval.count": "10 s count",
      "interval.p50": "10 s p50",
      "interval.p99": "10 s p99",
    },
  },
];
