import { agentName } from "./agents.ts";
import type { ConfigFile, LanePlace, LanesConfig } from "./schema.ts";

/** Agents that share a lane, lane by lane. */
const PRESETS: Record<ConfigFile["lanes"]["preset"], string[][]> = {
  one: [["client0", "core", "venue0", "keeper"]],
  two: [["client0", "core", "venue0"], ["keeper"]],
  wide: [["client0"], ["core"], ["venue0"], ["keeper"]],
};

/** Number of lanes of a preset. */
export function presetLanes(preset: ConfigFile["lanes"]["preset"]): number {
  return PRESETS[preset].length;
}

/** Lanes with their agents, CPUs and idle strategy, from the preset or the explicit placement. */
export function placeLanes(lanes: ConfigFile["lanes"]): LanesConfig {
  const { preset, idle, cpus, place: explicit, ...settings } = lanes;
  if (explicit === undefined) {
    const place = PRESETS[preset].map(
      (agents, i): LanePlace => ({ agents: [...agents], cpu: cpus?.[i] ?? null, idle }),
    );
    return { preset, place, ...settings };
  }
  const place = explicit.map(
    (one): LanePlace => ({ agents: one.agents.map(agentName), cpu: one.cpu ?? null, idle: one.idle ?? idle }),
  );
  return { preset: "explicit", place, ...settings };
}
