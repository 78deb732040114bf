import { existsSync } from "node:fs";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { commandText } from "../../src/control/command-text.ts";
import { SETTINGS } from "../../src/core/risk/settings.ts";
import { type DataFormats, formatsIn } from "../../src/journal/store/formats.ts";
import {
  CONTROL_ASSIGN_REPORT,
  CONTROL_CHANGE_UNTIL,
  CONTROL_OVERRIDE,
  CONTROL_POSITIONS,
} from "../../src/record/control-codes.ts";
import { type HeldSetting, type OperatorsData, operatorsDataOf } from "../../src/recovery/operators-data.ts";
import { below, versionFile } from "../install/places.ts";
import { runProgram } from "../install/service-manager.ts";

const VERSION_MS = 20_000;

const format = Type.Integer({ minimum: 1 });
const reach = Type.Object({ reads: Type.Tuple([format, format]), writes: format });
const number = Type.Integer({ minimum: 0 });
/** Kinds of commands that a version knows, how many settings of accounts, symbols and the firm, and which of clients, sessions, traders and currencies. */
const known = Type.Object({
  commands: Type.Array(format),
  settings: Type.Array(number),
  levels: Type.Optional(Type.Record(Type.String(), Type.Array(number))),
});
const schema = Type.Object({
  journal: reach,
  snapshot: reach,
  operators: Type.Optional(known),
  rules: Type.Optional(format),
  marks: Type.Optional(format),
});

/** What a version reads and writes: as its `sallyport version --json` says. */
export type Formats = Static<typeof schema>;

/** That of a version that says nothing about it. */
const UNSAID: Formats = { journal: { reads: [1, 2], writes: 2 }, snapshot: { reads: [1, 2], writes: 2 } };
/** What the first version with operators' settings knows of them. */
const FIRST = { commands: [1, 2, 3, 4, 5, 16, 17, 32, 33], settings: [6, 5, 1] };

/** What a version that does not say it knows of traders: `enabled` and limits of orders. */
const FIRST_LEVELS: Record<string, number[]> = { trader: [0, 1, 2, 3] };

/** What the output of `sallyport version --json` says. */
export function formatsSaid(out: string): Formats {
  try {
    return Value.Decode(schema, JSON.parse(out));
  } catch {
    return UNSAID;
  }
}

function formatsOf(root: string, name: string): Formats {
  const { code, out } = runProgram([below(root, versionFile(name)), "version", "--json"], VERSION_MS, "/");
  return code === 0 ? formatsSaid(out) : UNSAID;
}

/** Why a version with these formats can't run on a data directory with those; null: it can. */
export function misfit({ journal, snapshot }: Formats, there: DataFormats): string | null {
  const [, newest] = journal.reads;
  if (there.journal > newest) return `the journal there has format ${there.journal}, it reads formats up to ${newest}`;
  const { snapshots, beginsAtStart } = there;
  const [, newestSnapshot] = snapshot.reads;
  if (beginsAtStart || snapshots.length === 0 || snapshots.some((one) => one <= newestSnapshot)) return null;
  return `the first segments are archived, and the snapshots there have format ${Math.min(...snapshots)}, it reads formats up to ${newestSnapshot}`;
}

/** Why a version must not run on what operators have left there; null: it may. It would refuse the start, or pass over their limits. */
export function unknownTo({ operators = FIRST, rules = 0, marks = 0 }: Formats, there: OperatorsData): string | null {
  const kind = [...there.kinds].find((one) => !operators.commands.includes(one));
  if (kind !== undefined)
    return `the journal there has a command of kind ${kind} (${kindName(kind)}), which it does not know: it would not start`;
  if (there.keepsPositions && !operators.commands.includes(CONTROL_POSITIONS))
    return "the snapshot there keeps positions of days before, which it does not know: it would pass over them";
  if (there.rules > rules)
    return "what venues have said of their orders' status, or have not answered, was taken there by rules that it does not know: it would take it otherwise";
  if (there.keepsOverrides && !operators.commands.includes(CONTROL_OVERRIDE))
    return "the snapshot there keeps overrides of checks, which it does not know: it would pass over them";
  if (there.keepsAssigned && !operators.commands.includes(CONTROL_ASSIGN_REPORT))
    return "the snapshot there keeps reports of unknown orders that were assigned to accounts, which it does not know: it would pass over them";
  if (there.keepsTemporary && !operators.commands.includes(CONTROL_CHANGE_UNTIL))
    return "the snapshot there keeps limits that hold until a time, which it does not know: it would pass over them";
  if ((there.marks & ~marks) !== 0)
    return "the journal there has executions that came late, or orders that held on to what they held without a price, which it does not know: it would decide otherwise";
  const lost = there.settings.find((one) => !isKnown(one, operators));
  if (lost === undefined) return null;
  const { subject, setting, level } = lost;
  const what = SETTINGS[subject]?.[setting]?.name ?? `setting ${setting}`;
  const whose = level === undefined ? SUBJECTS[subject] : `a ${level}`;
  return `operators have set ${what} of ${whose} there, which it does not know: it would pass over that`;
}

function isKnown(
  { subject, setting, level }: HeldSetting,
  { settings, levels = FIRST_LEVELS }: Static<typeof known>,
): boolean {
  if (setting >= (settings[subject] ?? 0)) return false;
  const known = level === undefined ? undefined : levels[level];
  return known === undefined || known.includes(setting) || SETTINGS[subject]![setting]?.isKill === true;
}

const SUBJECTS = ["accounts", "symbols", "the firm"];

function kindName(kind: number): string {
  return commandText({ kind, name: "NAME", value: 1, amount: 1 });
}

/** As `unknownTo`. What can't be read may hold what the version does not know. */
export function unknownThere(formats: Formats, data: string): string | null {
  let there: OperatorsData;
  try {
    there = operatorsDataOf(data);
  } catch (error) {
    return `expected to read there what operators have left, got an error: ${(error as Error).message}`;
  }
  return unknownTo(formats, there);
}

/** Why a version can't run on the live data, with what to do; null: it can. */
export function barrier(root: string, name: string, data: string): string | null {
  if (!existsSync(data)) return null;
  const formats = formatsOf(root, name);
  const why = misfit(formats, formatsIn(data)) ?? unknownThere(formats, data);
  if (why === null) return null;
  return `${name} can't run on ${data}: ${why}. Going back needs a copy of ${data} from before the upgrade: stop the service, put the copy in its place, then run \`sallyport rollback\``;
}

/** Why the way back from one version to the one before ends once it has run; null: it does not. */
export function wayBackEnds(root: string, from: string, to: string): string | null {
  const { reads } = formatsOf(root, from).journal;
  const { writes } = formatsOf(root, to).journal;
  return writes > reads[1]
    ? `${to} writes journals of format ${writes}, ${from} reads formats up to ${reads[1]}`
    : null;
}
