import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { failure } from "./failure.ts";
import { bytesOf, removeFile, sha256Of } from "./files.ts";
import { type InstallOptions, isOurCommand, requireRoot } from "./install.ts";
import { locked } from "./lock.ts";
import { Manifest } from "./manifest.ts";
import {
  ACCOUNT,
  below,
  COMMAND,
  CONFIG,
  CONFIG_DIR,
  CURRENT,
  DATA,
  LOCK,
  MANIFEST,
  OPT,
  PREVIOUS,
  RESCUE,
  SERVICE,
  TUNE_SERVICE,
  UNIT_DROP_INS,
  UPGRADE,
  versionDir,
} from "./places.ts";
import { line } from "./plan.ts";
import { ServiceManager } from "./service-manager.ts";
import { removeEmpty, versionsOf } from "./versions.ts";

/**
 * Removes unedited files that install wrote; data, journal and configuration stay.
 * Returns  0, or 1 with one line on stderr.
 */
export async function uninstallCommand(options: InstallOptions): Promise<number> {
  const root = resolve(options.root ?? "/");
  try {
    if (!existsSync(below(root, MANIFEST))) {
      throw new Error(
        `${below(root, MANIFEST)}: not there; expected what sallyport install writes: nothing is removed`,
      );
    }
    if (options.dryRun === true) return uninstall(root, options);
    requireRoot(root);
    return await locked(root, () => uninstall(root, options));
  } catch (error) {
    return failure(error, root);
  }
}

function uninstall(root: string, options: InstallOptions): number {
  const write = options.dryRun !== true;
  const manifest = Manifest.read(root);
  const manager = ServiceManager.find(root, options.systemctl);
  if (manager?.isActive(SERVICE) === true) throw new Error(`${SERVICE} is running: systemctl stop sallyport first`);
  if (write && manager !== null) takeFromManager(manager);

  for (const place of manifest.places) removeShipped(root, manifest, place, write);
  for (const place of [isOurCommand(root) ? COMMAND : null, CURRENT, PREVIOUS, UPGRADE, RESCUE]) {
    if (place === null || !isThere(below(root, place))) continue;
    console.log(line("remove", below(root, place)));
    if (write) removeFile(below(root, place));
  }
  if (write) {
    sweep(root);
    manager?.reload();
  }
  sayLeft(root, write);
  if (!write) console.log("nothing was removed (--dry-run)");
  return 0;
}

/** Stopping the tune unit restores the settings. */
function takeFromManager(manager: ServiceManager): void {
  const fault = manager.stop(TUNE_SERVICE);
  if (fault !== null) console.log(line("notice", `${TUNE_SERVICE} does not stop: ${fault}`));
  manager.disable(TUNE_SERVICE);
  manager.disable(SERVICE);
}

function removeShipped(root: string, manifest: Manifest, place: string, write: boolean): void {
  const path = below(root, place);
  const bytes = bytesOf(path);
  if (bytes === null || place === CONFIG) return;
  if (!manifest.wrote(place, sha256Of(bytes))) {
    console.log(line("keep", `${path}: edited since it was installed`));
    return;
  }
  console.log(line("remove", path));
  if (write) removeFile(path);
}

/** Removes the manifest last, so that an interrupted uninstall can be repeated. */
function sweep(root: string): void {
  for (const name of versionsOf(root)) removeEmpty(below(root, versionDir(name)));
  removeEmpty(below(root, UNIT_DROP_INS));
  const opt = below(root, OPT);
  for (const name of readdirSync(opt)) if (name.startsWith(".")) rmSync(`${opt}/${name}`, { recursive: true });
  removeFile(below(root, MANIFEST));
  removeFile(below(root, LOCK));
  removeEmpty(opt);
}

function sayLeft(root: string, write: boolean): void {
  const left: [string, string][] = [
    [CONFIG_DIR, "configuration"],
    [DATA, "data and journal"],
  ];
  if (write) left.push([OPT, "files of others"]);
  for (const [place, what] of left) {
    if (isThere(below(root, place))) console.log(line("left", `${below(root, place)} (${what})`));
  }
  console.log(line("left", `the user and the group ${ACCOUNT}, which own the data`));
}

/** True for dangling links too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
