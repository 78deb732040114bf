import { SEVERITIES } from "../operation/alarms.ts";
import type { Metric } from "./metric.ts";

export const alarmMetrics: readonly Metric[] = [
  {
    name: "sallyport_alarms_open",
    type: "gauge",
    help: "Alarms that are not resolved, by severity, and whether somebody has acknowledged them.",
    labels: ["severity", "state"],
    unit: "1",
    read: ({ alarms }) =>
      SEVERITIES.flatMap((severity) =>
        (["firing", "acknowledged"] as const).map((state) => ({
          labels: [severity, state],
          value: alarms.filter((alarm) => alarm.severity === severity && alarm.state === state).length,
        })),
      ),
  },
  {
    name: "sallyport_alarm_events_total",
    type: "counter",
    help: "Events of alarms, by receiver: taken by it, or given up.",
    labels: ["receiver", "result"],
    unit: "1",
    read: ({ deliveries }) =>
      deliveries.flatMap(({ receiver, delivered, givenUp }) => [
        { labels: [receiver, "delivered"], value: delivered },
        { labels: [receiver, "given up"], value: givenUp },
      ]),
  },
  {
    name: "sallyport_alarm_retries_total",
    type: "counter",
    help: "Calls of a receiver that were made again.",
    labels: ["receiver"],
    unit: "1",
    read: ({ deliveries }) => deliveries.map(({ receiver, retries }) => ({ labels: [receiver], value: retries })),
  },
  {
    name: "sallyport_alarm_events_waiting",
    type: "gauge",
    help: "Events that wait for a receiver.",
    labels: ["receiver"],
    unit: "1",
    read: ({ deliveries }) => deliveries.map(({ receiver, waiting }) => ({ labels: [receiver], value: waiting })),
  },
];
