import { KIB, MIB } from "../../src/base/units.ts";
import { addressText } from "../../src/config/address.ts";
import { readConfig } from "../../src/config/config-file.ts";
import { type Problem, problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig, LanePlace } from "../../src/config/schema.ts";
import { loadDialects } from "../../src/gateway/load-dialects.ts";
import { type MemoryUse, memoryUse } from "../../src/gateway/memory-use.ts";
import { sharedProblem } from "../../src/gateway/open-lanes.ts";
import { bufferPlace } from "../../src/journal/store/buffer-place.ts";
import { type Plan, planGateway } from "../../src/plan/plan.ts";
import { sinceText } from "../../src/recovery/kill-switch.ts";
import { isolated, MachineFiles } from "../doctor/files.ts";
import { readKillSwitch } from "../doctor/measure.ts";
import { columns } from "../terminal/columns.ts";
import { surroundings } from "./surroundings.ts";

const INVALID = 1;
/** The file is valid; as this user, on this machine, `run` would not start. */
export const NOT_HERE = 3;

export interface CheckOptions {
  readonly config: string;
  /** Journal directory, instead of gateway.data. */
  readonly data?: string;
}

/**
 * Checks a configuration file and what it needs here, and prints its lanes, sessions and memory.
 * Returns  0; 1 when the file is not valid; 3 when `run` could not start with it here. Problems are lines on stderr.
 */
export async function checkConfig({ config: fileName, ...options }: CheckOptions): Promise<number> {
  const read = readConfig(fileName);
  if (read.config === undefined) return refuse(read.problems, INVALID);
  const { config } = read;
  const dialects = loadDialects(config);
  if (dialects.problems.length > 0) return refuse(dialects.problems, INVALID);
  const files = new MachineFiles();
  const plan = planGateway(config);
  const oversize = sharedProblem(config, plan);
  if (oversize !== null) return refuse([oversize], INVALID);
  const memory = memoryUse(config, plan, isolated(files).length > 0);
  const here = surroundings(config, memory, { files, fileName, ...options });
  for (const warning of [...dialects.warnings, ...read.warnings, ...here.warnings])
    console.log(`warning: ${problemLine(warning)}`);
  if (here.problems.length > 0) return refuse(here.problems, NOT_HERE);
  console.log(`${fileName}: no problems`);
  for (const line of planLines(config, plan, memory, options.data)) console.log(line);
  console.log(killSwitchLine(config, options.data ?? config.gateway.data));
  return 0;
}

/** How the kill switch will be at the next start. */
function killSwitchLine(config: GatewayConfig, data: string): string {
  if (config.risk.kill) return "kill switch ENGAGED by risk.kill: new orders will be refused";
  const state = readKillSwitch(data);
  if (typeof state === "string") return `kill switch not known: ${state}`;
  if (state?.engaged !== true) return "kill switch not engaged";
  return `kill switch ENGAGED${sinceText(state.sinceUs)} in ${data}: new orders will be refused`;
}

function refuse(problems: readonly Problem[], exitCode: number): number {
  for (const line of problemLines(problems)) console.error(line);
  return exitCode;
}

/** Problems of one kind that are printed; what lacks a default, for instance, every symbol may lack. */
const ALIKE = 20;

/** A line for each problem; of many that differ only in their place the first, and how many more there are. */
function problemLines(problems: readonly Problem[]): string[] {
  const alike = Map.groupBy(problems, ({ what }) => what);
  return [...alike.values()].flatMap((group) => [
    ...group.slice(0, ALIKE).map(problemLine),
    ...(group.length > ALIKE ? [`… and ${count(group.length - ALIKE)} more, up to ${problemLine(group.at(-1)!)}`] : []),
  ]);
}

/** How many there are of what has a name and a row in the core; what there is none of is left out. */
function namedText({ symbols, risk, client }: GatewayConfig): string {
  const { accounts, clients, traders } = risk;
  const tables = Object.entries({ symbols, accounts, clients, traders, "client sessions": client.sessions });
  const counts = tables.map(([what, table]) => [what, Object.keys(table).length] as const);
  return counts.flatMap(([what, of]) => (of === 0 ? [] : [`${what} ${count(of)}`])).join(", ");
}

/** Lanes, sizes and their owners. */
function planLines(config: GatewayConfig, plan: Plan, memory: MemoryUse, data = config.gateway.data): string[] {
  const streams = plan.streams.map(({ name }) => name);
  const venues = Object.entries(config.venues);
  return [
    `lanes (${config.lanes.preset})`,
    ...plan.lanes.map(({ place }, i) => laneLine(place, i, config.lanes.fifoPriority)),
    "sessions",
    `  clients   ${Object.keys(config.client.sessions).join(" ")} at ${placesText(config.client)}, ${config.client.maxConnections} connections at most`,
    ...venues.map(
      ([name, venue]) => `  venue     ${name} (${venue.compId}) at ${venue.address.map(addressText).join(", else ")}`,
    ),
    `  spare     places for ${count(config.client.spareSessions)} more client sessions and ${count(config.core.spareVenues)} more venues that a reload adds, ${sizeText(spareBytes(config, plan))}`,
    ...(config.dropCopy === null
      ? []
      : [
          `  drop copy ${Object.keys(config.dropCopy.sessions).join(" ")} at ${placesText(config.dropCopy)}, ${config.dropCopy.maxConnections} connections at most`,
        ]),
    ...(config.exchange === null
      ? []
      : [`  exchange  built in, at ${config.exchange.listen.map(addressText).join(" ")}`]),
    ...(placesText(config.admin) === "" ? [] : [`  API       at ${placesText(config.admin)}`]),
    "tables",
    `  orders ${count(config.core.maxOrders)}, ${namedText(config)}`,
    "memory of the process",
    ...memoryLines(memory),
    "journal",
    `  ${streams.length} streams (${streams.join(" ")}) of ${config.journal.segmentMiB} MiB segments, in ${data}`,
    buffersLine(config.journal),
    archiveLine(config.journal),
  ];
}

/** Where a side listens, such as `10.0.0.5:9001 10.0.0.5:9443 (TLS)`. */
function placesText({ listen, tls }: Pick<GatewayConfig["client"], "listen" | "tls">): string {
  return [...listen.map(addressText), ...(tls?.listen ?? []).map((address) => `${addressText(address)} (TLS)`)].join(
    " ",
  );
}

/** Shared memory that spare places take. */
function spareBytes(config: GatewayConfig, plan: Plan): number {
  const { client, core } = config;
  const none = { ...config, client: { ...client, spareSessions: 0 }, core: { ...core, spareVenues: 0 } };
  return plan.sharedBytes - planGateway(none).sharedBytes;
}

/** Where a start from here, as this user, has its buffers. */
function buffersLine({ bufferMiB, bufferDirectory }: GatewayConfig["journal"]): string {
  const { memory, why } = bufferPlace(bufferDirectory);
  const where = memory ?? `the data directory, so that its disk can delay orders: ${why}`;
  return `  buffers of ${bufferMiB} MiB each in ${where}`;
}

/** Where old segments go, and when they are deleted there. */
function archiveLine({ resendHours, archiveDays, archiveGiB, snapshotMiB }: GatewayConfig["journal"]): string {
  if (snapshotMiB === 0) return "  without snapshots nothing moves to the archive, and nothing is deleted";
  const days = archiveDays === 0 ? [] : [`after ${count(archiveDays)} days`];
  const size = archiveGiB === 0 ? [] : [`the oldest beyond ${count(archiveGiB)} GiB`];
  const deleted = [...days, ...size].join(", and ");
  return `  older than ${count(resendHours)} hours: in archive/, ${deleted === "" ? "for ever" : `deleted ${deleted}`}`;
}

function laneLine(place: LanePlace, index: number, fifoPriority: number): string {
  const cpu = place.cpu === null ? "an isolated CPU, or any" : `CPU ${place.cpu}`;
  return `  ${index}  ${place.agents.join(" ")} on ${cpu}, idle ${place.idle}${fifoPriority > 0 ? `, SCHED_FIFO ${fifoPriority}` : ""}`;
}

function memoryLines(memory: MemoryUse): string[] {
  const sized = memory.items.filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
  const rows = [
    ...sized.map(({ what, bytes, key }) => [what, sizeText(bytes), key]),
    ["program code", sizeText(memory.codeBytes), ""],
  ];
  return [
    ...columns(rows, [0, 2]).map((line) => `  ${line}`.trimEnd()),
    `  about ${sizeText(memory.privateBytes + memory.codeBytes)} in all when it is ready`,
    `  up to ${sizeText(memory.backlogBytes)} more for clients and venues that do not read (pool.maxMiB)`,
    `  beside it ${sizeText(memory.journalBytes)} of the journal's buffers (journal.bufferMiB)`,
  ];
}

function sizeText(bytes: number): string {
  if (bytes >= MIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  return bytes >= KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${bytes} B`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
