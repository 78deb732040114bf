import type { CopyProgressView } from "../operation/drop-copies.ts";
import type { DropCopyReading } from "../operation/readings.ts";
import type { Metric, NumberMetric } from "./metric.ts";

type Type = "counter" | "gauge";

/** Name, type, meaning, unit and value of what each drop copy session has. */
const SESSION_ROWS: readonly (readonly [
  name: string,
  type: Type,
  help: string,
  unit: string,
  value: (session: DropCopyReading) => number,
])[] = [
  ["up", "gauge", "1 while the drop copy session is logged on.", "1", ({ state }) => Number(state === "logged on")],
  ["expected", "gauge", "1 while it is in its schedule.", "1", ({ state }) => Number(state !== "closed")],
  ["copies_total", "counter", "Copies of ExecutionReports that were made for it.", "1", ({ copies }) => copies],
  ["waiting", "gauge", "Messages to it that no connection has carried.", "1", ({ waiting }) => waiting],
  ["backlog_bytes", "gauge", "Output that its client has not taken yet.", "By", ({ backlogBytes }) => backlogBytes],
];

/** The same of all copies together. */
const PROGRESS_ROWS: readonly (readonly [
  name: string,
  help: string,
  unit: string,
  value: (progress: CopyProgressView) => number,
])[] = [
  ["behind_bytes", "Bytes of the clients' journal that are not copied yet.", "By", ({ behindBytes }) => behindBytes],
  ["behind_seconds", "How long the first report that is not copied yet waits.", "s", ({ behindS }) => behindS],
  ["stopped", "1 while a report can't be read or copied.", "1", ({ fault }) => Number(fault !== null)],
];

export const dropCopyMetrics: readonly Metric[] = [
  ...SESSION_ROWS.map(
    ([name, type, help, unit, value]): NumberMetric => ({
      name: `sallyport_drop_copy_${name}`,
      type,
      help,
      labels: ["session"],
      unit,
      others: "sum",
      read: ({ readings }) => readings.dropCopies.map((session) => ({ labels: [session.name], value: value(session) })),
    }),
  ),
  {
    name: "sallyport_drop_copy_messages_total",
    type: "counter",
    help: "Messages of all types.",
    labels: ["session", "direction"],
    unit: "1",
    others: "sum",
    read: ({ readings }) =>
      readings.dropCopies.flatMap(({ name, messagesIn, messagesOut }) => [
        { labels: [name, "in"], value: messagesIn },
        { labels: [name, "out"], value: messagesOut },
      ]),
  },
  ...PROGRESS_ROWS.map(
    ([name, help, unit, value]): NumberMetric => ({
      name: `sallyport_drop_copy_${name}`,
      type: "gauge",
      help,
      labels: [],
      unit,
      read: ({ readings: { copying } }) => (copying === null ? [] : [{ labels: [], value: value(copying) }]),
    }),
  ),
];
