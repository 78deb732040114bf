import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../src/config/config-file.ts";
import { STALLS_FILE, type StallsDocument } from "../../src/stalls/log.ts";
import type { StallRecord } from "../../src/stalls/reader.ts";
import { causeRows, columns, counted, us } from "../terminal/columns.ts";

export interface StallsOptions {
  readonly config?: string;
  readonly data?: string;
  /** Number of recent stalls to show. */
  readonly last: number;
  readonly json?: boolean;
}

/**
 * Shows the stalls of the running gateway, or of the last run.
 * Returns  0, or 1 when there is nothing to show.
 */
export function stallsCommand(options: StallsOptions): number {
  try {
    const text = readFileSync(join(directory(options), STALLS_FILE), "utf8");
    console.log(options.json === true ? text : stallsReport(JSON.parse(text) as StallsDocument, options.last));
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "no stalls recorded: none yet, or no gateway has run there" : message;
    console.error(`sallyport: ${what}`);
    return 1;
  }
}

function directory({ config, data }: StallsOptions): string {
  if (data !== undefined) return data;
  if (config === undefined) return "./sallyport-data";
  const read = readConfig(config);
  if (read.config === undefined) throw new Error(`${read.problems[0]?.where}: ${read.problems[0]?.what}`);
  return read.config.gateway.data;
}

/** Columns with words: time, cause, agent, details. */
const WORDS = [0, 3, 4, 5];

/** For each lane the causes of its stalls; then the most recent stalls of all lanes with details. */
function stallsReport({ thresholdUs, lanes }: StallsDocument, last: number): string {
  const sums = lanes.flatMap(({ lane, agents, causes }) => [
    `lane ${lane}: ${agents.join(", ")}`,
    ...columns([[`from ${us(thresholdUs)}`, "count", "total", "worst"], ...causeRows(causes)]),
    "",
  ]);
  const all = lanes
    .flatMap(({ lane, last: records }) => records.map((record) => ({ lane, ...record })))
    .sort((a, b) => a.atUs - b.atUs);
  const rows = last === 0 ? [] : all.slice(-last).map((stall) => [timeText(stall.atUs), ...row(stall)]);
  if (rows.length === 0) return sums.join("\n").trimEnd();
  const heads = ["began (UTC)", "lane", "stall", "cause", "longest turn", "meanwhile"];
  return [...sums, ...columns([heads, ...rows], WORDS).map((line) => line.trimEnd())].join("\n");
}

function row(stall: StallRecord & { lane: number }): string[] {
  const turn = stall.agent === null ? "" : `${stall.agent} ${us(stall.agentUs)}`;
  return [String(stall.lane), us(stall.gapUs), stall.cause, turn, meanwhile(stall)];
}

function meanwhile(stall: StallRecord): string {
  const seen: [number, string][] = [
    [stall.waitUs, `waited ${us(stall.waitUs)} for the CPU`],
    [stall.switches, `preempted ${counted(stall.switches)} times`],
    [stall.stealMs, `${stall.stealMs} ms stealTime`],
    [stall.collections, `${counted(stall.collections)} collections`],
    [stall.recompilations, `${counted(stall.recompilations)} functions recompiled`],
    [stall.majorFaults, `${counted(stall.majorFaults)} major faults`],
    [stall.minorFaults, `${counted(stall.minorFaults)} minor faults`],
  ];
  return seen
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(", ");
}

function timeText(atUs: number): string {
  return `${new Date(Math.floor(atUs / 1000)).toISOString().slice(0, -1)}${String(Math.floor(atUs % 1000)).padStart(3, "0")}`;
}
