import { existsSync, rmSync } from "node:fs";
import { readConfig } from "../../src/config/config-file.ts";
import { sessionLockPath } from "../../src/journal/store/session-lock.ts";
import { clientNames } from "../../src/plan/needs.ts";

const OK = 0;
const FAILED = 1;

/** Releases a client or drop copy session that is locked after wrong passwords, also while the gateway runs. Returns  the exit code. */
export function unlockSession(configFile: string, dataDir: string | undefined, name: string): number {
  const { config, problems } = readConfig(configFile);
  if (config === undefined) {
    console.error(
      `sallyport: ${problems[0]?.where}: ${problems[0]?.what} (see: sallyport check --config ${configFile})`,
    );
    return FAILED;
  }
  const names = clientNames(config);
  if (!names.includes(name)) {
    console.error(`sallyport: ${name}: no such client session; there are: ${names.join(", ")}`);
    return FAILED;
  }
  const path = sessionLockPath(dataDir ?? config.gateway.data, name);
  const wasLocked = existsSync(path);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    console.error(`sallyport: ${name}: can't be released: ${(error as Error).message}`);
    return FAILED;
  }
  console.log(wasLocked ? `${name}: released` : `${name}: was not locked`);
  return OK;
}
