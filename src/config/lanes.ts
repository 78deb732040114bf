import { Type } from "@sinclair/typebox";
import { choice, flag, table, whole } from "./fields.ts";

const idle = (description: string, more = {}) => choice(description, ["auto", "spin", "park"], more);

const lanePlace = table("One lane: its agents, and its CPU.", {
  agents: Type.Array(
    Type.String({
      pattern: "^(core|keeper|exchange|client[0-9]?|venue[0-9]?)$",
      expected: `"client", "core", "venue", "keeper" or "exchange" (or "client0" to "client9", "venue0" to "venue9")`,
    }),
    {
      description:
        "client, core, venue, keeper (never shares a lane: beside others it gets a parked one instead); venue0, venue1 … for several venue agents, which share the venues; one client agent has all clients; exchange, which otherwise has a separate lane.",
      minItems: 1,
      maxItems: 23,
    },
  ),
  cpu: Type.Optional(whole("CPU number. Default: chosen by the system.", 0, 1023)),
  idle: idle("As lanes.idle, for this lane.", { fallback: "lanes.idle" }),
});

/** The table `lanes`. */
export const lanes = table("Agents of each thread, and CPUs of the threads.", {
  preset: choice(
    "one: all agents on one lane (lowest latency, small machines), and the journal's keeper on a thread without a CPU; two: the keeper on a second lane; wide: client, core, venue and keeper on a lane each.",
    ["one", "two", "wide"],
    { default: "one" },
  ),
  idle: idle("Idle strategy of a lane: spin, park (in epoll), or auto (spin on an isolated CPU, else park).", {
    default: "auto",
  }),
  cpus: Type.Optional(
    Type.Array(whole("CPU number.", 0, 1023), {
      description: "CPUs in lane order. Default: the isolated CPUs, if any.",
      minItems: 1,
      maxItems: 64,
    }),
  ),
  warmUp: choice(
    "Whether lanes run their code before the gateway is ready, so that the first orders are as fast as later ones; auto: only lanes that spin.",
    ["auto", "on", "off"],
    { default: "auto" },
  ),
  warmUpMaxMs: whole("Time limit of a lane's warm-up, milliseconds.", 100, 60_000, { default: 3_000 }),
  stallUs: whole(
    "A longer time between two turns of a lane is recorded as a stall, with its cause, microseconds; 0: not measured.",
    0,
    10_000_000,
    { default: 100 },
  ),
  fifoPriority: whole(
    "SCHED_FIFO priority of lanes that have a CPU; 0: the ordinary scheduler. At most 49, because interrupt threads have 50.",
    0,
    49,
    { default: 0 },
  ),
  keepOthersOff: flag("Keep the process's other threads off the lanes' CPUs.", { default: true }),
  cpuLatency: choice(
    "Whether CPUs stay out of deep idle states (/dev/cpu_dma_latency held at 0); auto: if a lane has a CPU, and its idle states are slow to leave.",
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
  /** Configured CPU; null: an isolated one if one is left, else unpinned. */
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
