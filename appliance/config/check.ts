import { KIB, MIB } from "../../src/base/units.ts";
import { addressText } from "../../src/config/address.ts";
import { type Problem, problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig, LanePlace } from "../../src/config/schema.ts";
import { loadDialects } from "../../src/gateway/load-dialects.ts";
import { type PlanItem, planGateway } from "../../src/plan/plan.ts";
import { sinceText } from "../../src/recovery/kill-switch.ts";
import { readKillSwitch } from "../doctor/measure.ts";
import { columns } from "../terminal/columns.ts";
import { readConfig } from "./config-file.ts";

/**
 * Checks a configuration file, and prints its lanes, sessions and memory.
 * Returns  0, or 1 with one line for each problem on stderr.
 */
export async function checkConfig(fileName: string): Promise<number> {
  const { config, problems } = readConfig(fileName);
  const { problems: found, warnings } =
    problems === undefined ? loadDialects(config) : { problems, warnings: [] as Problem[] };
  if (config === undefined || found.length > 0) {
    for (const problem of found) console.error(problemLine(problem));
    return 1;
  }
  for (const warning of warnings) console.log(`warning: ${problemLine(warning)}`);
  console.log(`${fileName}: no problems`);
  for (const line of planLines(config)) console.log(line);
  console.log(killSwitchLine(config));
  return 0;
}

/** How the kill switch will be at the next start. */
function killSwitchLine(config: GatewayConfig): string {
  if (config.risk.kill) return "kill switch ENGAGED by risk.kill: new orders will be refused";
  const state = readKillSwitch(config.gateway.data);
  if (typeof state === "string") return `kill switch not known: ${state}`;
  if (state?.engaged !== true) return "kill switch not engaged";
  return `kill switch ENGAGED${sinceText(state.sinceUs)} in ${config.gateway.data}: new orders will be refused`;
}

/** Lanes, sizes and their owners. */
function planLines(config: GatewayConfig): string[] {
  const plan = planGateway(config);
  const streams = ["core", ...plan.clients.map(({ name }) => name), ...plan.venues.map(({ name }) => name)];
  const venues = Object.entries(config.venues);
  return [
    `lanes (${config.lanes.preset})`,
    ...plan.lanes.map(({ place }, i) => laneLine(place, i, config.lanes.fifoPriority)),
    "sessions",
    `  clients   ${Object.keys(config.client.sessions).join(" ")} at ${config.client.listen.map(addressText).join(" ")}, ${config.client.maxConnections} connections at most`,
    ...venues.map(
      ([name, venue]) => `  venue     ${name} (${venue.compId}) at ${venue.address.map(addressText).join(", else ")}`,
    ),
    ...(config.exchange === null
      ? []
      : [`  exchange  built in, at ${config.exchange.listen.map(addressText).join(" ")}`]),
    "tables",
    `  orders ${count(config.core.maxOrders)}, symbols ${count(Object.keys(config.symbols).length)}, accounts ${count(Object.keys(config.risk.accounts).length)}`,
    "shared memory",
    ...columns(plan.items.map(itemCells), [0, 1, 2]).map((line) => `  ${line}`.trimEnd()),
    `  ${sizeText(plan.sharedBytes)} in all`,
    "journal",
    `  ${streams.length} streams (${streams.join(" ")}) of ${config.journal.segmentMiB} MiB segments, in ${config.gateway.data}`,
  ];
}

function laneLine(place: LanePlace, index: number, fifoPriority: number): string {
  const cpu = place.cpu === null ? "an isolated CPU, or any" : `CPU ${place.cpu}`;
  return `  ${index}  ${place.agents.join(" ")} on ${cpu}, idle ${place.idle}${fifoPriority > 0 ? `, SCHED_FIFO ${fifoPriority}` : ""}`;
}

function itemCells(item: PlanItem): string[] {
  return [item.owner, item.what, sizeText(item.bytes)];
}

function sizeText(bytes: number): string {
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  return bytes >= KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${bytes} B`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
