import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { dictionaryOf } from "./quickfix.ts";

/** One line of a program's log. */
export interface Line {
  /** R received, D received as a duplicate, S sent first, E a fault, C a command done. */
  readonly kind: string;
  readonly text: string;
  /** Fields by tag; the first of each. */
  readonly fields: ReadonlyMap<number, string>;
}

/** How a program is started. */
export interface Program {
  readonly command: readonly string[];
  /** QuickFIX's settings of certificates; without them the session is one over plain TCP. */
  readonly tls?: string;
}

/** A QuickFIX program with its file store and log, which outlive it. */
export class Party {
  private child: Bun.Subprocess<"pipe", "pipe", "inherit"> | null = null;
  private runs = 0;
  private readonly logFile: string;

  constructor(
    private readonly program: Program,
    private readonly role: "client" | "venue",
    private readonly version: string,
    private readonly port: number,
    private readonly directory: string,
  ) {
    this.logFile = join(directory, `${role}.log`);
  }

  async start(): Promise<void> {
    const { program, role, version, directory } = this;
    const dictionary = dictionaryOf(version);
    const args = [role, version, String(this.port), join(directory, `${role}-store`), this.logFile, `R${++this.runs}`];
    const child = Bun.spawn([...program.command, ...args, ...(dictionary === null ? [] : [dictionary])], {
      env: { ...process.env, ...(program.tls === undefined ? {} : { QUICKFIX_TLS: program.tls }) },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.child = child;
    const { value } = await child.stdout.getReader().read();
    if (value === undefined) throw new Error(`the QuickFIX ${role} did not start: ${this.lines().at(-1)?.text}`);
  }

  /** The client sends no more orders, and stays for the answers. */
  quiet(): void {
    this.say("");
  }

  /** Writes a line to its input. */
  say(line: string): void {
    this.child?.stdin.write(`${line}\n`);
    this.child?.stdin.flush();
  }

  async kill(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.child?.exited;
    this.child = null;
  }

  logBytes(): number {
    return existsSync(this.logFile) ? statSync(this.logFile).size : 0;
  }

  /** Whole lines of the log; a kill may leave the last one torn. */
  lines(): Line[] {
    if (!existsSync(this.logFile)) return [];
    const whole = readFileSync(this.logFile, "latin1").split("\n").slice(0, -1);
    return whole.filter((line) => /^[RDSEC] /.test(line)).map(parse);
  }
}

function parse(line: string): Line {
  const fields = new Map<number, string>();
  for (const field of line.slice(2).split("|")) {
    const at = field.indexOf("=");
    const tag = Number(field.slice(0, at));
    if (at > 0 && !fields.has(tag)) fields.set(tag, field.slice(at + 1));
  }
  return { kind: line[0]!, text: line, fields };
}

/** Counts by what `key` finds in each line. */
function counted(lines: readonly Line[], key: (line: Line) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const found = key(line);
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return counts;
}

const isTrade = (line: Line) => line.fields.get(35) === "8" && /^[12F]$/.test(line.fields.get(150)!);
const isOrder = (line: Line) => line.fields.get(35) === "D";

/** What both ends wrote down, compared: one line for each thing that was lost, doubled or refused. */
export function compareFlow(client: readonly Line[], venue: readonly Line[]): string[] {
  const wrong = [...client, ...venue].filter((line) => line.kind === "E").map((line) => line.text);
  const came = client.filter((line) => line.kind === "R");
  const reports = came.filter((line) => line.fields.get(35) === "8");
  for (const [id, count] of counted(reports, (line) => line.fields.get(17)))
    if (count > 1) wrong.push(`ExecID ${id} came ${count} times, not marked`);
  // A venue that was killed in the middle may have said an execution twice, with the same ExecID.
  const made = new Set(venue.filter((line) => line.kind === "S" && isTrade(line)).map((line) => line.fields.get(17)!));
  const told = counted(
    client.filter((line) => /[RD]/.test(line.kind) && isTrade(line)),
    (line) => (line.kind === "D" ? `${line.fields.get(58)}, again` : line.fields.get(58)),
  );
  for (const id of made) if (!told.has(id) && !told.has(`${id}, again`)) wrong.push(`trade ${id} did not come`);
  for (const [id, count] of told) {
    if (count > 1 && !id.endsWith(", again")) wrong.push(`trade ${id} came ${count} times`);
    if (!made.has(id.replace(", again", ""))) wrong.push(`trade ${id} was never made`);
  }
  const orders = counted(
    venue.filter((line) => line.kind === "R" && isOrder(line)),
    (line) => line.fields.get(11),
  );
  for (const [id, count] of orders) if (count > 1) wrong.push(`order ${id} came to the venue ${count} times`);
  return wrong;
}

/** ClOrdIDs that the client sent and heard nothing about. */
export function unanswered(client: readonly Line[]): string[] {
  const heard = new Set(client.filter((line) => /[RD]/.test(line.kind)).map((line) => line.fields.get(11)));
  return client.flatMap((line) => (line.kind === "S" && !heard.has(line.fields.get(11)) ? [line.fields.get(11)!] : []));
}

/** Trades that the venue made and the client has not heard of. */
export function missing(client: readonly Line[], venue: readonly Line[]): number {
  const told = new Set(client.filter((line) => /[RD]/.test(line.kind)).map((line) => line.fields.get(58)));
  return venue.filter((line) => line.kind === "S" && isTrade(line) && !told.has(line.fields.get(17))).length;
}

/** Numbers of the orders of each kind, so that a test can see that there was something to compare. */
export function figuresOf(client: readonly Line[], venue: readonly Line[]): Record<string, number> {
  return {
    sent: client.filter((line) => line.kind === "S" && isOrder(line)).length,
    acknowledged: client.filter((line) => line.kind === "R" && line.fields.get(150) === "0").length,
    trades: venue.filter((line) => line.kind === "S" && isTrade(line)).length,
    canceled: client.filter((line) => line.kind === "R" && line.fields.get(150) === "4").length,
    again: [...client, ...venue].filter((line) => line.kind === "D").length,
  };
}
