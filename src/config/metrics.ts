import { url } from "./alarms.ts";
import { table, whole } from "./fields.ts";

/** The table `metrics`. */
export const metrics = table("Metrics: GET /metrics of the API, and a push by OpenTelemetry.", {
  mostNames: whole(
    "Most client sessions, venues or accounts that a metric names; the others are summed under the name =other.",
    1,
    10_000,
    { default: 200 },
  ),
  otlp: url("Receiver of OTLP over HTTP, such as http://collector:4318/v1/metrics. Default: nothing is pushed."),
  otlpEveryS: whole("Interval of the push, seconds.", 1, 3_600, { default: 10 }),
});
