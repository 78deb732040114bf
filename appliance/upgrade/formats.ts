import { existsSync } from "node:fs";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type DataFormats, formatsIn } from "../../src/journal/store/formats.ts";
import { below, versionFile } from "../install/places.ts";
import { runProgram } from "../install/service-manager.ts";

const VERSION_MS = 20_000;

const format = Type.Integer({ minimum: 1 });
const reach = Type.Object({ reads: Type.Tuple([format, format]), writes: format });
const schema = Type.Object({ journal: reach, snapshot: reach });

/** Formats that a version reads, oldest and newest, and writes: as its `sallyport version --json` says. */
export type Formats = Static<typeof schema>;

/** Those of a version that says nothing about them. */
const UNSAID: Formats = { journal: { reads: [1, 2], writes: 2 }, snapshot: { reads: [1, 2], writes: 2 } };

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

/** Why a version can't run on the live data, with what to do; null: it can. */
export function barrier(root: string, name: string, data: string): string | null {
  const why = existsSync(data) ? misfit(formatsOf(root, name), formatsIn(data)) : null;
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
