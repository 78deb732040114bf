import { Type } from "@sinclair/typebox";
import { choice, flag, table, whole } from "./fields.ts";

const idle = (description: string, more = {}) => choice(description, ["auto", "spin", "park"], more);

const lanePlace = table("One lane: the agents that take turns on it, and where it runs.", {
  agents: Type.Array(
    Type.String({
      pattern: "^(core|keeper|exchange|client[0-9]?|venue[0-9]?)$",
      expected: `"client", "core", "venue", "keeper" or "exchange" (or "client0" to "client9", "venue0" to "venue9")`,
    }),
    {
      description:
        "client, core, venue, keeper; venue0, venue1 … where there are several, among which the venues are dealt; one client agent has all clients; exchange, else it has a lane of its own.",
      minItems: 1,
      maxItems: 23,
    },
  ),
  cpu: Type.Optional(whole("CPU number; left out: the system chooses.", 0, 1023)),
  idle: idle("As lanes.idle, for this lane.", { fallback: "lanes.idle" }),
});

/** The table `lanes`. */
export const lanes = table("Which agents share a thread, and on which CPUs the threads run.", {
  preset: choice(
    "one: everything on one lane (lowest latency, small machines); two: the journal's keeper apart; wide: client, core, venue and keeper apart.",
    ["one", "two", "wide"],
    { default: "one" },
  ),
  idle: idle("What a lane does with nothing to do: spin, park in epoll, or auto (spin where its CPU is isolated).", {
    default: "auto",
  }),
  cpus: Type.Optional(
    Type.Array(whole("CPU number.", 0, 1023), {
      description: "CPUs in lane order; left out: the isolated CPUs, or none.",
      minItems: 1,
      maxItems: 64,
    }),
  ),
  warmUp: choice(
    "Whether lanes run all they do once before the gateway is ready, so that the first orders are as fast as later ones: auto does on lanes that spin.",
    ["auto", "on", "off"],
    { default: "auto" },
  ),
  warmUpMaxMs: whole("Longest that a lane warms up, milliseconds.", 100, 60_000, { default: 3_000 }),
  stallUs: whole(
    "A lane that takes longer from one turn to the next has stalled, which is recorded with its cause, microseconds. 0: not measured.",
    0,
    10_000_000,
    { default: 100 },
  ),
  fifoPriority: whole(
    "Priority under SCHED_FIFO of lanes that have a CPU of their own; 0: the ordinary scheduler. Not above 49: interrupts that run as threads have 50.",
    0,
    49,
    { default: 0 },
  ),
  keepOthersOff: flag("The process's other threads are kept off the lanes' CPUs.", { default: true }),
  cpuLatency: choice(
    "Whether CPUs are asked not to sleep deeply (/dev/cpu_dma_latency held at 0): auto asks where a lane has a CPU of its own and CPUs have idle states that are slow to leave.",
    ["auto", "on", "off"],
    { default: "auto" },
  ),
  place: Type.Optional(
    Type.Array(lanePlace, { description: "Explicit placement instead of a preset.", minItems: 1, maxItems: 23 }),
  ),
});

/** The preset or the explicit placement, with agents numbered: `client0`, `core`, `venue0`, `keeper`. */
export interface LanePlace {
  agents: string[];
  /** CPU it was given; null: an isolated one if there is one left, else unpinned. */
  cpu: number | null;
  idle: "auto" | "spin" | "park";
}

export interface LanesConfig {
  preset: "one" | "two" | "wide" | "explicit";
  place: LanePlace[];
  warmUp: "auto" | "on" | "off";
  warmUpMaxMs: number;
  stallUs: number;
  /** 0: the ordinary scheduler. */
  fifoPriority: number;
  keepOthersOff: boolean;
  cpuLatency: "auto" | "on" | "off";
}
