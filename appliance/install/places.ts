import { join } from "node:path";

/*  Paths, below the root:
 *
 *  /usr/local/bin/sallyport ──▶ /opt/sallyport/current/sallyport
 *  /opt/sallyport/current ──▶ 0.1.0-1a2b3c4d5e6f      version and sum of the executable in it
 *  /opt/sallyport/previous ──▶ …                      what `rollback` goes back to
 *  /opt/sallyport/installed.json                      what install wrote
 *  /opt/sallyport/upgrade.json                        exists only during an upgrade, as does
 *  /opt/sallyport/rescue ──▶ …                        the version that undoes it
 */
export const OPT = "/opt/sallyport";
export const CURRENT = `${OPT}/current`;
export const PREVIOUS = `${OPT}/previous`;
export const MANIFEST = `${OPT}/installed.json`;
export const UPGRADE = `${OPT}/upgrade.json`;
export const RESCUE = `${OPT}/rescue`;
export const LOCK = `${OPT}/lock`;
export const COMMAND = "/usr/local/bin/sallyport";
export const CONFIG_DIR = "/etc/sallyport";
export const CONFIG = `${CONFIG_DIR}/gateway.toml`;
export const DATA = "/var/lib/sallyport";
export const UNITS = "/etc/systemd/system";
export const UNIT_DROP_INS = `${UNITS}/sallyport.service.d`;
export const REALTIME = `${UNIT_DROP_INS}/realtime.conf.example`;
export const DROP_IN = "/etc/sysctl.d/60-sallyport.conf";

export const SERVICE = "sallyport.service";
export const TUNE_SERVICE = "sallyport-tune.service";
export const RESCUE_SERVICE = "sallyport-rescue.service";
/** The user and the group. */
export const ACCOUNT = "sallyport";

/** Path of a place below the root. */
export function below(root: string, place: string): string {
  return root === "/" ? place : join(root, place);
}

/** The directory of one version. */
export function versionDir(name: string): string {
  return `${OPT}/${name}`;
}

/** The executable of one version. */
export function versionFile(name: string): string {
  return `${versionDir(name)}/sallyport`;
}

/** Name of a version: its number and the first digits of its checksum. */
export function versionName(version: string, sha256: string): string {
  return `${version}-${sha256.slice(0, 12)}`;
}

export const VERSION_NAME = /^[0-9A-Za-z.+]+(?:-[0-9A-Za-z.+]+)*-[0-9a-f]{12}$/;
