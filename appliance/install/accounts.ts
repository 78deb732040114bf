import { chmodSync, chownSync, existsSync, readFileSync } from "node:fs";
import { makeDirectory, type Owner } from "./files.ts";
import { ACCOUNT, below, CONFIG_DIR, DATA } from "./places.ts";
import { runProgram } from "./service-manager.ts";

const PATIENCE_MS = 30_000;
const FILE = "sallyport.conf";

/** Creates the user and group of sysusers.d. Returns null, or why they do not exist. */
export function makeAccount(root: string, isRoot: boolean): string | null {
  if (serviceOwner(root) !== null) return null;
  if (!isRoot) return `no user ${ACCOUNT} is made: that needs root`;
  const program = Bun.which("systemd-sysusers");
  if (program === null) {
    return `no user ${ACCOUNT} is made: there is no systemd-sysusers; make one (useradd --system --user-group ${ACCOUNT}) and install again`;
  }
  const result = runProgram([program, ...rootWords(root), FILE], PATIENCE_MS);
  if (result.code === 0 && serviceOwner(root) !== null) return null;
  return `no user ${ACCOUNT} is made: systemd-sysusers says ${result.err.trim() || `nothing and ended with ${result.code}`}`;
}

/** Creates the directories of tmpfiles.d. Returns null, or what is wrong with them. */
export function makeDirectories(root: string, isRoot: boolean): string | null {
  const program = Bun.which("systemd-tmpfiles");
  if (isRoot && program !== null) {
    const result = runProgram([program, ...rootWords(root), "--create", FILE], PATIENCE_MS);
    if (result.code === 0 && [CONFIG_DIR, DATA].every((place) => existsSync(below(root, place)))) return null;
  }
  makeDirectory(below(root, CONFIG_DIR));
  const data = below(root, DATA);
  makeDirectory(data);
  const owner = serviceOwner(root);
  if (isRoot && owner !== null) chownSync(data, owner.uid, owner.gid);
  chmodSync(data, 0o700);
  return owner === null ? `${data} belongs to the installing user, because there is no user ${ACCOUNT}` : null;
}

/** Ids of the service's user and group; null when they do not exist. */
export function serviceOwner(root: string): Owner | null {
  const uid = numberOf(below(root, "/etc/passwd"));
  const gid = numberOf(below(root, "/etc/group"));
  return uid === null || gid === null ? null : { uid, gid };
}

/** The third field of the account's line, as in passwd and group. */
function numberOf(path: string): number | null {
  try {
    const fields = readFileSync(path, "utf8")
      .split("\n")
      .find((one) => one.startsWith(`${ACCOUNT}:`))
      ?.split(":");
    return fields === undefined ? null : Number(fields[2]);
  } catch {
    return null;
  }
}

function rootWords(root: string): string[] {
  return root === "/" ? [] : [`--root=${root}`];
}
