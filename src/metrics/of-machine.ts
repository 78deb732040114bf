import { US_PER_S } from "../base/units.ts";
import type {
  ClockReading,
  DiskReading,
  LaneReading,
  ProcessReading,
  Readings,
  StreamReading,
} from "../operation/readings.ts";
import type { Metric, Sample } from "./metric.ts";

type Type = "counter" | "gauge";
/** Name, type, meaning, unit, value. */
type RowOf<T> = readonly [name: string, type: Type, help: string, unit: string, value: (reading: T) => number];

const LANE_ROWS: readonly RowOf<LaneReading>[] = [
  ["turns_total", "counter", "Turns of the lane.", "1", ({ turns }) => turns],
  ["worked_turns_total", "counter", "Turns with work.", "1", ({ workedTurns }) => workedTurns],
  [
    "longest_turn_seconds",
    "gauge",
    "The longest turn since the start.",
    "s",
    ({ longestTurnUs }) => longestTurnUs / US_PER_S,
  ],
  ["collections_total", "counter", "Garbage collections of the lane.", "1", ({ collections }) => collections],
  ["compilations_total", "counter", "Functions that the engine has compiled.", "1", ({ compilations }) => compilations],
];

const STREAM_ROWS: readonly RowOf<StreamReading>[] = [
  [
    "appended_bytes_total",
    "counter",
    "Bytes that were appended to a stream.",
    "By",
    ({ appendedBytes }) => appendedBytes,
  ],
  [
    "unwritten_bytes",
    "gauge",
    "Bytes of a stream that are in its buffer, and not in its files yet.",
    "By",
    ({ unwrittenBytes }) => unwrittenBytes,
  ],
  ["buffer_bytes", "gauge", "Size of the stream's buffer.", "By", ({ bufferBytes }) => bufferBytes],
];

const PROCESS_ROWS: readonly RowOf<ProcessReading>[] = [
  ["process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.", "s", ({ cpuS }) => cpuS],
  [
    "process_resident_memory_bytes",
    "gauge",
    "Resident memory size in bytes.",
    "By",
    ({ residentBytes }) => residentBytes,
  ],
  [
    "process_virtual_memory_bytes",
    "gauge",
    "Virtual memory size in bytes. The engine reserves far more than it uses.",
    "By",
    ({ virtualBytes }) => virtualBytes,
  ],
  ["process_open_fds", "gauge", "Number of open file descriptors.", "1", ({ openFds }) => openFds],
  ["process_max_fds", "gauge", "Maximum number of open file descriptors.", "1", ({ maxFds }) => maxFds],
  ["process_threads", "gauge", "Number of threads.", "1", ({ threads }) => threads],
  [
    "process_start_time_seconds",
    "gauge",
    "Start time of the process since unix epoch in seconds.",
    "s",
    ({ startMs }) => startMs / 1_000,
  ],
  [
    "sallyport_private_memory_bytes",
    "gauge",
    "Private memory of the process.",
    "By",
    ({ privateBytes }) => privateBytes,
  ],
  [
    "sallyport_private_memory_limit_bytes",
    "gauge",
    "Its limit, memory.limitMiB; 0: none.",
    "By",
    ({ limitBytes }) => limitBytes,
  ],
  [
    "sallyport_main_heap_bytes",
    "gauge",
    "Heap of the main thread, with the memory that it refers to, shared memory included.",
    "By",
    ({ heapBytes }) => heapBytes,
  ],
  [
    "sallyport_main_collections_total",
    "counter",
    "Garbage collections of the main thread.",
    "1",
    ({ collections }) => collections,
  ],
];

const DISK_ROWS: readonly RowOf<DiskReading>[] = [
  ["free_bytes", "gauge", "Free space of the data directory's file system.", "By", ({ freeBytes }) => freeBytes],
  ["size_bytes", "gauge", "Size of the data directory's file system.", "By", ({ totalBytes }) => totalBytes],
];

const CLOCK_ROWS: readonly RowOf<ClockReading>[] = [
  [
    "synchronised",
    "gauge",
    "1 while a time daemon steers the clock.",
    "1",
    ({ isSynchronised }) => Number(isSynchronised),
  ],
  ["offset_seconds", "gauge", "Correction of the clock that is left.", "s", ({ offsetUs }) => offsetUs / US_PER_S],
  [
    "error_seconds",
    "gauge",
    "Error of the clock as the time daemon estimates it.",
    "s",
    ({ estimatedErrorUs }) => estimatedErrorUs / US_PER_S,
  ],
];

export const machineMetrics: readonly Metric[] = [
  ...LANE_ROWS.map((row) => rowMetric("sallyport_lane_", row, "lane", laneSamples)),
  stallMetric("stalls_total", "Stalls of a lane by cause.", "1", ({ count }) => count),
  stallMetric(
    "stall_seconds_total",
    "Time of the stalls of a lane by cause.",
    "s",
    ({ totalUs }) => totalUs / US_PER_S,
  ),
  ...STREAM_ROWS.map((row) => rowMetric("sallyport_journal_", row, "stream", streamSamples)),
  ...DISK_ROWS.map((row) => single("sallyport_data_", row, ({ disk }) => disk)),
  ...CLOCK_ROWS.map((row) => single("sallyport_clock_", row, ({ clock }) => clock)),
  ...PROCESS_ROWS.map((row) => single("", row, ({ process }) => process)),
  {
    name: "sallyport_build_info",
    type: "gauge",
    help: "1, with the version of the gateway and of its runtime.",
    labels: ["version", "runtime"],
    unit: "1",
    read: ({ build }) => [{ labels: [build.version, build.runtime], value: 1 }],
  },
];

type SamplesOf<T> = (readings: Readings, value: (reading: T) => number) => readonly Sample[];

function laneSamples({ lanes }: Readings, value: (reading: LaneReading) => number): readonly Sample[] {
  return lanes.map((lane) => ({ labels: [String(lane.lane)], value: value(lane) }));
}

function streamSamples({ streams }: Readings, value: (reading: StreamReading) => number): readonly Sample[] {
  return streams.map((stream) => ({ labels: [stream.stream], value: value(stream) }));
}

function rowMetric<T>(prefix: string, row: RowOf<T>, label: string, samples: SamplesOf<T>): Metric {
  const [name, type, help, unit, value] = row;
  return {
    name: prefix + name,
    type,
    help,
    labels: [label],
    unit,
    read: ({ readings }) => samples(readings, value),
  };
}

/** A metric without labels, of a reading that may be absent. */
function single<T>(prefix: string, row: RowOf<T>, of: (readings: Readings) => T | null): Metric {
  const [name, type, help, unit, value] = row;
  const read = (readings: Readings): readonly Sample[] => {
    const reading = of(readings);
    return reading === null ? [] : [{ labels: [], value: value(reading) }];
  };
  return { name: prefix + name, type, help, labels: [], unit, read: ({ readings }) => read(readings) };
}

function stallMetric(
  name: string,
  help: string,
  unit: string,
  value: (cause: LaneReading["stalls"][number]) => number,
): Metric {
  return {
    name: `sallyport_lane_${name}`,
    type: "counter",
    help,
    labels: ["lane", "cause"],
    unit,
    read: ({ readings }) =>
      readings.lanes.flatMap(({ lane, stalls }) =>
        stalls.map((stall) => ({ labels: [String(lane), stall.cause], value: value(stall) })),
      ),
  };
}
