import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { bytesOf, linkOf, removeFile, syncDirectory } from "./files.ts";
import type { Manifest } from "./manifest.ts";
import { below, CURRENT, OPT, PREVIOUS, UPGRADE, VERSION_NAME, versionDir, versionFile } from "./places.ts";

/** Versions kept on the disk, current and previous included. */
const VERSIONS_KEPT = 3;

/** Names of the versions below the root. */
export function versionsOf(root: string): string[] {
  try {
    return readdirSync(below(root, OPT), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && VERSION_NAME.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** Version that a link names; null when it names no existing one. */
export function versionAt(root: string, link: typeof CURRENT | typeof PREVIOUS): string | null {
  const name = linkOf(below(root, link));
  return name !== null && versionsOf(root).includes(name) ? name : null;
}

/**
 * Removes the oldest versions, by modification time, beyond the number kept.
 * Returns  their names. The current and the previous one are never among them.
 */
export function prune(root: string, manifest: Manifest): string[] {
  const kept = [versionAt(root, CURRENT), versionAt(root, PREVIOUS)];
  const others = versionsOf(root)
    .filter((name) => !kept.includes(name))
    .map((name) => ({ name, writtenMs: Bun.file(below(root, versionFile(name))).lastModified }))
    .sort((a, b) => b.writtenMs - a.writtenMs)
    .map(({ name }) => name);
  const gone = others.slice(Math.max(0, VERSIONS_KEPT - kept.filter((name) => name !== null).length));
  for (const name of gone) removeVersion(root, manifest, name);
  return gone;
}

/** Removes the executable first: a directory without one is not a version. */
export function removeVersion(root: string, manifest: Manifest, name: string): void {
  removeFile(below(root, versionFile(name)));
  rmSync(below(root, versionDir(name)), { recursive: true, force: true });
  syncDirectory(below(root, OPT));
  manifest.forget(versionFile(name));
}

/** Removes a directory that is empty; returns whether it did. */
export function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Fails  when an upgrade has begun and is not over. */
export function refuseUnfinished(root: string): void {
  if (bytesOf(below(root, UPGRADE)) === null) return;
  throw new Error(
    `${below(root, UPGRADE)}: an upgrade was interrupted; \`sallyport upgrade FILE\` finishes it, \`sallyport rollback\` takes it back`,
  );
}
