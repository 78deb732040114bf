import { replaceLink } from "../install/files.ts";
import { Manifest } from "../install/manifest.ts";
import { below, CURRENT, DATA, PREVIOUS, SERVICE, versionFile } from "../install/places.ts";
import { line } from "../install/plan.ts";
import type { ServiceManager } from "../install/service-manager.ts";
import { prune, versionAt } from "../install/versions.ts";
import { dropUnused } from "./candidate.ts";
import { barrier } from "./formats.ts";
import { runs, watch } from "./health.ts";
import { readRecord, removeRecord, type UpgradeRecord, writeRecord } from "./record.ts";

const OK = 0;
/** The new version failed; the previous one runs again. */
export const ROLLED_BACK = 4;
/** The new version failed, and the previous one does not start either. */
const DOWN = 5;
/** The new version failed when it had written what the previous one does not read: it stays current. */
const STAYS = 6;

/**
 * Finishes a recorded upgrade, forwards or backwards. Every step may be repeated: a process that continues after
 * another was killed repeats it.
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

/** Returns  null, or the reason of the failure. */
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
  if (record.sessions === null) console.log(line("notice", "the service did not report its sessions"));
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

/** Restores the previous version, unless it can't read what the new one has written. */
function back(root: string, manager: ServiceManager | null, record: UpgradeRecord): number {
  const { from, to, back: reason } = record;
  const why = versionAt(root, CURRENT) === to ? barrier(root, from, record.data ?? below(root, DATA)) : null;
  if (why !== null) {
    replaceLink(below(root, PREVIOUS), from);
    removeRecord(root);
    console.error(`sallyport: ${to}: ${reason}; it stays current: ${why}`);
    return STAYS;
  }
  // From here on every process goes back.
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
