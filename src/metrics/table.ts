import type { Metric } from "./metric.ts";
import { alarmMetrics } from "./of-alarms.ts";
import { dropCopyMetrics } from "./of-drop-copy.ts";
import { machineMetrics } from "./of-machine.ts";
import { quoteMetrics } from "./of-quotes.ts";
import { tlsMetrics } from "./of-tls.ts";
import {
  latencyMetrics,
  limitMetrics,
  linkMetrics,
  sessionMetrics,
  throttleMetrics,
  tradingMetrics,
} from "./of-trading.ts";

/** Every metric, in the order of the answer and of the manual. */
export const METRICS: readonly Metric[] = [
  ...tradingMetrics,
  ...linkMetrics("session"),
  ...sessionMetrics,
  ...linkMetrics("venue"),
  ...throttleMetrics,
  ...dropCopyMetrics,
  ...limitMetrics,
  ...quoteMetrics,
  ...tlsMetrics,
  ...latencyMetrics,
  ...alarmMetrics,
  ...machineMetrics,
];
