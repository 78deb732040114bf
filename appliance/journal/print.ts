import { EntryText, type Party } from "../../src/audit/entry-text.ts";
import { exportLine } from "../../src/audit/escape.ts";
import { learnCompIds, Merged } from "../../src/audit/merge.ts";
import { OrderStages, stagesLine } from "../../src/audit/order-stages.ts";
import { OrderTrace } from "../../src/audit/order-trace.ts";
import { timeText } from "../../src/base/time-text.ts";
import { ENTRY_RECEIVED } from "../../src/journal/layout.ts";
import { readNames } from "../../src/journal/store/names.ts";
import type { EntryView } from "../../src/journal/store/reader.ts";
import { failed, type Output, toStderr, toStdout } from "./output.ts";
import { streamsOf } from "./streams.ts";

const FLUSH_CHARS = 64 * 1024;
const FOLLOW_EVERY_MS = 100;

const OK = 0;

export interface PrintOptions {
  /** Only entries about this client session or venue. */
  readonly session?: string;
  /** Only this stream. */
  readonly stream?: string;
  /** Only entries of this order and its replaces: the client's ClOrdID, our OrderID, our ClOrdID at a venue, or a venue's id. */
  readonly order?: string;
  readonly fromUs?: number;
  readonly toUs?: number;
  /** Waits for new entries until the output closes or a signal arrives. */
  readonly follow?: boolean;
  readonly format?: Format;
  /** Behind the entries of an order, a line for each of its requests: how long each stage of its way took. */
  readonly stages?: boolean;
}

/** Readable lines; one line of JSON for each entry; or the messages alone as they came and were sent, one a line, with SOH. */
export type Format = "lines" | "json" | "fix";

/**
 * Prints the journal in `dir`, all streams merged by time, one line an entry. Works beside a gateway that writes it.
 * Returns  the process's exit code: 1 when something cannot be read; the entries before it are printed.
 */
export async function journalPrint(dir: string, options: PrintOptions, output: Output = toStdout): Promise<number> {
  try {
    return await print(dir, options, output);
  } catch (error) {
    return failed(error);
  }
}

async function print(dir: string, options: PrintOptions, output: Output): Promise<number> {
  const streams = [...streamsOf(dir).keys()].sort((a, b) => Number(b === "core") - Number(a === "core"));
  if (options.stream !== undefined && !streams.includes(options.stream)) {
    throw new Error(`${dir}: no stream ${options.stream}; there are: ${streams.join(", ")}`);
  }
  const names = readNames(dir)!;
  if (options.session !== undefined) {
    const known = [...new Set([...Object.keys(names.clients), ...Object.keys(names.venues)])];
    if (!known.includes(options.session)) {
      throw new Error(`${dir}: no session ${options.session}; there are: ${known.join(", ")}`);
    }
  }
  const trace = options.order === undefined ? null : OrderTrace.find(dir, names.birth, options.order);
  if (trace?.found === false) {
    throw new Error(
      `${dir}: no order ${options.order}; give a client's ClOrdID, our OrderID, our ClOrdID at a venue, or a venue's OrderID or ExecID`,
    );
  }
  const texts = new EntryText(names);
  const stages = options.stages === true && trace !== null ? new OrderStages(names.birth) : null;
  for (const stream of streams) learnCompIds(dir, stream, texts);
  const merged = new Merged(dir, options.stream === undefined ? streams : [options.stream], { follow: options.follow });
  try {
    return await printAll(merged, texts, trace, stages, options, output);
  } finally {
    merged.close();
  }
}

async function printAll(
  merged: Merged,
  texts: EntryText,
  trace: OrderTrace | null,
  stages: OrderStages | null,
  options: PrintOptions,
  output: Output,
): Promise<number> {
  const { fromUs = 0, toUs = Number.POSITIVE_INFINITY } = options;
  let lines = "";
  try {
    for (;;) {
      const entry = merged.next();
      if (entry === null) {
        if (options.follow !== true) break;
        if (lines !== "" && !output(lines)) return OK;
        lines = "";
        await Bun.sleep(FOLLOW_EVERY_MS);
        continue;
      }
      const party = texts.party(merged.stream, entry);
      if (entry.kind === ENTRY_RECEIVED) texts.noteBytes(party);
      if (options.session !== undefined && party.name !== options.session) continue;
      if (entry.timeUs < fromUs || entry.timeUs > toUs || trace?.has(merged.stream, entry) === false) continue;
      stages?.take(merged.stream, entry, texts.facts(merged.stream, entry, party).decision ?? "");
      lines += textOf(merged.stream, entry, party, texts, options.format ?? "lines");
      if (lines.length < FLUSH_CHARS) continue;
      const read = output(lines);
      lines = "";
      if (!read) return OK;
    }
  } finally {
    if (stages !== null) lines += stagesText(stages);
    // The entries before the damage are printed too.
    if (lines !== "") output(lines);
  }
  for (const notice of merged.notices()) toStderr(`notice: ${notice}`);
  return OK;
}

/** As far as the entries that were read go. */
function stagesText(stages: OrderStages): string {
  return stages
    .timeline()
    .requests.map((request) => `${stagesLine(request)}\n`)
    .join("");
}

function textOf(stream: string, entry: EntryView, party: Party, texts: EntryText, format: Format): string {
  if (format === "json") {
    const { time: _, ...facts } = texts.facts(stream, entry, party);
    return `${JSON.stringify({ time: timeText(entry.timeUs), timeUs: entry.timeUs, ...facts })}\n`;
  }
  if (format === "lines") return `${texts.line(entry, party)}\n`;
  const { direction, fields } = texts.contents(entry, party);
  return fields === undefined || (direction === "core" && texts.hasBytesOf(party)) ? "" : `${exportLine(fields)}\n`;
}
