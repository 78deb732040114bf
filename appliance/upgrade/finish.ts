import { replaceLink } from "../install/files.ts";
import { Manifest } from "../install/manifest.ts";
import { below, CURRENT, PREVIOUS, SERVICE, versionFile } from "../install/places.ts";
import { line } from "../install/plan.ts";
import type { ServiceManager } from "../install/service-manager.ts";
import { prune } from "../install/versions.ts";
import { dropUnused } from "./candidate.ts";
import { runs, watch } from "./health.ts";
import { readRecord, removeRecord, type UpgradeRecord, writeRecord } from "./record.ts";

const OK = 0;
/** It did not do; the version of before runs. */
export const ROLLED_BACK = 4;
/** It did not do, and the version of before does not start either. */
export const DOWN = 5;

/**
 * Brings an upgrade that is on record to its end, forwards or back. Every step may be done twice: whoever comes after
 * somebody who was killed does it again.
 * Returns  the process's exit code.
 */
export async function finish(root: string, manager: ServiceManager | null): Promise<number> {
  const record = readRecord(root);
  if (record === null) return OK;
  const fault = record.back ?? (await forwards(root, manager, record));
  if (fault === null) {
    settle(root, record);
    return OK;
  }
  return back(root, manager, { ...record, back: fault });
}

/** Returns  null, or why not. */
async function forwards(root: string, manager: ServiceManager | null, record: UpgradeRecord): Promise<string | null> {
  const { to } = record;
  replaceLink(below(root, CURRENT), to);
  console.log(line("current", to));
  if (manager === null) {
    console.log(
      line("notice", `nothing is restarted: ${root === "/" ? "systemd does not run here" : "not below another root"}`),
    );
    return null;
  }
  if (!record.running) {
    console.log(line("notice", `${SERVICE} did not run and is not started`));
    return null;
  }
  if (!(manager.isReady(SERVICE) && runs(root, manager, to))) {
    const fault = manager.restart(SERVICE);
    if (fault !== null) return `it does not become ready: ${fault.replaceAll("\n", " ")}`;
  }
  console.log(line("ready", to));
  if (record.sessions === null) console.log(line("notice", "the service did not say which sessions were on"));
  return watch(manager, record);
}

function settle(root: string, { from, to }: UpgradeRecord): void {
  replaceLink(below(root, PREVIOUS), from);
  removeRecord(root);
  console.log(line("done", `${to} is current; sallyport rollback goes back to ${from}`));
  const manifest = Manifest.read(root);
  for (const name of prune(root, manifest)) console.log(line("remove", below(root, versionFile(name))));
  manifest.write();
}

/** Brings the version of before back. */
function back(root: string, manager: ServiceManager | null, record: UpgradeRecord): number {
  const { from, to, back: reason } = record;
  // From here on it goes back, whoever does it.
  writeRecord(root, record);
  console.error(`sallyport: ${to}: ${reason}; going back to ${from}`);
  replaceLink(below(root, CURRENT), from);
  console.log(line("current", from));
  const down = record.running && manager !== null ? startAgain(root, manager, from) : null;
  removeRecord(root);
  dropUnused(root, to);
  if (down === null) return ROLLED_BACK;
  console.error(`sallyport: ${from} does not start either: ${down}; see: journalctl -u sallyport`);
  return DOWN;
}

function startAgain(root: string, manager: ServiceManager, from: string): string | null {
  if (manager.isReady(SERVICE) && runs(root, manager, from)) return null;
  const fault = manager.restart(SERVICE);
  if (fault === null) console.log(line("ready", from));
  return fault?.replaceAll("\n", " ") ?? null;
}
