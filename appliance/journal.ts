import { existsSync, readdirSync, statSync, writeSync } from "node:fs";
import { ENTRY_MESSAGE } from "../src/journal/layout.ts";
import { readNames } from "../src/journal/names.ts";
import { type EntryView, listStreams, readStream, StreamReader } from "../src/journal/reader.ts";
import { EntryText, messageText, timeText } from "./journal-text.ts";

const FLUSH_CHARS = 64 * 1024;
/** Entries of a stream in which the sessions' CompIDs are looked for: the first of each is its Logon. */
const LOOK_FOR_COMP_IDS = 10_000;

const OK = 0;
const FAILED = 1;

export interface PrintOptions {
  /** Only entries about this client session or venue. */
  readonly session?: string;
  /** Only this stream. */
  readonly stream?: string;
}

/** Where lines go; returns false when nobody reads them any more. */
export type Output = (text: string) => boolean;

/**
 * Prints the journal in `dir`, all streams merged by time, one line an entry. Works beside a gateway that writes it.
 * Returns  the process's exit code: 1 when something cannot be read; what stands before it is printed.
 */
export async function journalPrint(dir: string, options: PrintOptions, output: Output = toStdout): Promise<number> {
  try {
    return print(dir, options, output);
  } catch (error) {
    return failed(error);
  }
}

/**
 * Checks every entry of every stream in `dir`. Works beside a gateway that writes it.
 * Returns  the process's exit code: 1 with a line for each file that is damaged, naming the offset.
 */
export async function journalVerify(dir: string, output: Output = toStdout): Promise<number> {
  let exitCode = OK;
  const problem = (error: unknown): void => {
    exitCode = failed(error);
  };
  let streams: Map<string, number[]>;
  try {
    streams = streamsOf(dir);
  } catch (error) {
    return failed(error);
  }
  for (const file of readdirSync(dir)) {
    if (file.endsWith(".journal") && !/-\d{8}\.journal$/.test(file)) {
      problem(new Error(`${dir}/${file}: not a segment of any stream; move it elsewhere`));
    }
  }
  for (const [stream, segments] of streams) {
    try {
      let first = 0;
      let last = 0;
      const end = readStream(dir, stream, (entry) => {
        if (first === 0) first = entry.timeUs;
        last = entry.timeUs;
      });
      const entries = counted(end.entries, "entry", "entries");
      const files = counted(segments.length, "segment", "segments");
      const span = end.entries === 0 ? "" : `, ${timeText(first)} to ${timeText(last)}`;
      output(`${stream}: ${entries} in ${files}, all whole${span}\n`);
      if (end.notice !== null) output(`${stream}: notice: ${end.notice}\n`);
    } catch (error) {
      problem(error);
    }
  }
  return exitCode;
}

function print(dir: string, options: PrintOptions, output: Output): number {
  const streams = [...streamsOf(dir).keys()];
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
  const texts = new EntryText(names);
  for (const stream of streams) learnCompIds(dir, stream, texts);
  const merged = new Merged(dir, options.stream === undefined ? streams : [options.stream]);
  try {
    return printAll(merged, texts, options, output);
  } finally {
    merged.close();
  }
}

function printAll(merged: Merged, texts: EntryText, options: PrintOptions, output: Output): number {
  let lines = "";
  try {
    for (let entry = merged.next(); entry !== null; entry = merged.next()) {
      const party = texts.party(merged.stream, entry);
      if (options.session !== undefined && party.name !== options.session) continue;
      lines += `${texts.line(entry, party)}\n`;
      if (lines.length < FLUSH_CHARS) continue;
      const read = output(lines);
      lines = "";
      if (!read) return OK;
    }
  } finally {
    // What stands before a damage is worth reading.
    if (lines !== "") output(lines);
  }
  for (const notice of merged.notices()) say(`notice: ${notice}`);
  return OK;
}

/** Several streams as one, by time; within a stream the order stays as it is. Holds one entry of each. */
class Merged {
  /** Stream of the entry that was given last. */
  stream = "";
  private readonly readers: StreamReader[];
  private readonly heads: (EntryView | null)[];
  private given = -1;

  constructor(
    dir: string,
    private readonly streams: readonly string[],
  ) {
    this.readers = streams.map((stream) => new StreamReader(dir, stream));
    this.heads = this.readers.map((reader) => reader.next());
  }

  next(): EntryView | null {
    if (this.given >= 0) this.heads[this.given] = this.readers[this.given]!.next();
    let earliest = -1;
    for (let i = 0; i < this.heads.length; i++) {
      const head = this.heads[i]!;
      if (head !== null && (earliest < 0 || head.timeUs < this.heads[earliest]!.timeUs)) earliest = i;
    }
    this.given = earliest;
    if (earliest < 0) return null;
    this.stream = this.streams[earliest]!;
    return this.heads[earliest]!;
  }

  notices(): string[] {
    return this.readers.map((reader) => reader.end.notice).filter((notice) => notice !== null);
  }

  close(): void {
    for (const reader of this.readers) reader.close();
  }
}

/** Records hold no CompIDs; the messages that were sent to a session do. */
function learnCompIds(dir: string, stream: string, texts: EntryText): void {
  const reader = new StreamReader(dir, stream);
  try {
    for (let i = 0; i < LOOK_FOR_COMP_IDS; i++) {
      const entry = reader.next();
      if (entry === null) return;
      if (entry.kind !== ENTRY_MESSAGE) continue;
      const party = texts.party(stream, entry);
      const who = `${party.kind} ${party.name}`;
      if (texts.compIds.has(who)) continue;
      const fields = messageText(entry).split("|");
      const value = (tag: string): string | undefined =>
        fields.find((field) => field.startsWith(tag))?.slice(tag.length);
      const ours = value("49=");
      const theirs = value("56=");
      if (ours !== undefined && theirs !== undefined) texts.compIds.set(who, { ours, theirs });
    }
  } catch {
    // Damage is told when the printing comes to it.
  } finally {
    reader.close();
  }
}

/** The streams in a journal's directory. Throws one line that says what is wrong with it. */
function streamsOf(dir: string): Map<string, number[]> {
  if (!existsSync(dir)) throw new Error(`${dir}: no such directory; give a gateway's data directory`);
  if (!statSync(dir).isDirectory()) throw new Error(`${dir}: is a file; give a gateway's data directory`);
  const streams = listStreams(dir);
  if (readNames(dir) === null) {
    throw new Error(`${dir}: holds no journal (names.json is missing); give a gateway's data directory`);
  }
  return streams;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function failed(error: unknown): number {
  say((error as Error).message);
  return FAILED;
}

function say(line: string): void {
  console.error(`sallyport: ${line}`);
}

/** Writes everything before it returns, so that memory does not fill however slow the reader is. */
function toStdout(text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(1);
    }
  }
  return true;
}
