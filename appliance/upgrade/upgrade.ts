import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readConfig } from "../../src/config/config-file.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { failure } from "../install/failure.ts";
import { type InstallOptions, requireRoot } from "../install/install.ts";
import { locked } from "../install/lock.ts";
import { below, CONFIG, CURRENT, DATA, PREVIOUS, SERVICE } from "../install/places.ts";
import { ServiceManager } from "../install/service-manager.ts";
import { versionAt } from "../install/versions.ts";
import { dropUnused, type Live, requireFit, takeIn } from "./candidate.ts";
import { finish, ROLLED_BACK } from "./finish.ts";
import { barrier, wayBackEnds } from "./formats.ts";
import { guarded } from "./guard.ts";
import { sessionsNow } from "./health.ts";
import { readRecord, type UpgradeRecord, writeRecord } from "./record.ts";
import { requireTrust } from "./trust.ts";

export interface UpgradeOptions extends Omit<InstallOptions, "dryRun"> {
  readonly config?: string;
  readonly data?: string;
  readonly sha256?: string;
  /** Upgrade: also where the new version writes what the current one does not read. */
  readonly oneWay?: boolean;
  /** Rollback: only if an upgrade was interrupted. */
  readonly unfinished?: boolean;
  /** The module that this process started from. */
  readonly entry: string;
}

/**
 * Replaces the running executable, or leaves everything unchanged.
 * Returns  0 when it runs; 1 when it was refused and nothing changed; 4 when it failed and the old one runs again;
 *          5 when the old one does not start either; 6 when it failed and the old one can't read what it has written.
 */
export function upgradeCommand(file: string, options: UpgradeOptions): Promise<number> {
  return switching(options, (root, config, live, manager) =>
    prepareUpgrade(root, file, options, config, live, manager),
  );
}

/**
 * Goes back to the previous version in the same way, or undoes an interrupted upgrade.
 * Returns  as upgrade; 0 also when an interrupted upgrade was undone.
 */
export function rollbackCommand(options: UpgradeOptions): Promise<number> {
  if (options.unfinished === true) return takeBack(options);
  return switching(options, prepareRollback);
}

/** Needs only the record: the rescue unit uses it when the gateway does not start. */
async function takeBack(options: UpgradeOptions): Promise<number> {
  const root = resolve(options.root ?? "/");
  try {
    requireRoot(root);
    const begun = readRecord(root);
    if (begun === null) {
      console.log("no upgrade was interrupted: nothing to do");
      return 0;
    }
    const code = await locked(root, () => {
      writeRecord(root, { ...begun, back: begun.back ?? "it does not start" });
      return finish(root, ServiceManager.find(root, options.systemctl));
    });
    return code === ROLLED_BACK ? 0 : code;
  } catch (error) {
    return failure(error, root);
  }
}

/** Finishes a recorded upgrade. This process outlives the visible one, which takes over if this one is killed. */
export async function finishCommand(options: InstallOptions): Promise<number> {
  const root = resolve(options.root ?? "/");
  try {
    return await locked(root, () => finish(root, ServiceManager.find(root, options.systemctl)));
  } catch (error) {
    return failure(error, root);
  }
}

/** Prepares the record of the upgrade; null when there is nothing to do. */
type Prepare = (
  root: string,
  config: GatewayConfig,
  live: Live,
  manager: ServiceManager | null,
) => { readonly record: UpgradeRecord | null; readonly exitCodes?: Readonly<Record<number, number>> };

async function switching(options: UpgradeOptions, prepare: Prepare): Promise<number> {
  const root = resolve(options.root ?? "/");
  const live = {
    config: resolve(options.config ?? below(root, CONFIG)),
    data: resolve(options.data ?? below(root, DATA)),
  };
  try {
    requireRoot(root);
    const manager = ServiceManager.find(root, options.systemctl);
    const prepared = await locked(root, () => {
      const made = prepare(root, configOf(live.config), live, manager);
      if (made.record !== null) writeRecord(root, made.record);
      return made;
    });
    if (prepared.record === null) return 0;
    const code = await guarded(options, () => finishCommand(options));
    return prepared.exitCodes?.[code] ?? code;
  } catch (error) {
    return failure(error, root);
  }
}

function configOf(file: string): GatewayConfig {
  const { config, problems } = readConfig(file);
  if (config !== undefined) return config;
  throw new Error(
    `${problemLine(problems[0]!)}; the configuration names the key that signs upgrades, so it must be valid`,
  );
}

function prepareUpgrade(
  root: string,
  file: string,
  options: UpgradeOptions,
  { upgrade }: GatewayConfig,
  live: Live,
  manager: ServiceManager | null,
): ReturnType<Prepare> {
  const current = requireCurrent(root);
  // Read once, so that the checked bytes are the ones that run.
  const bytes = readFileSync(file);
  const { publicKey } = upgrade;
  const spoke = requireTrust(file, bytes, {
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
  });
  console.log(`${file}: ${spoke}`);
  const begun = readRecord(root);
  const to = takeIn(root, bytes);
  try {
    requireFit(root, to, live);
    requireWayBack(root, begun?.from ?? current, to, live.data, options.oneWay === true);
  } catch (error) {
    dropUnused(root, to);
    throw error;
  }
  // After an interrupted upgrade, go back to the version that ran before it, whatever is current.
  if (begun !== null) return { record: { ...begun, to, back: begun.from === to ? "asked for again" : null } };
  if (to === current) {
    console.log(`${to} is already current`);
    return { record: null };
  }
  return { record: recordOf(root, manager, current, to, upgrade.sessionsWithinS, live) };
}

/** Fails  where a version writes what the current one does not read, unless that is wanted. */
function requireWayBack(root: string, from: string, to: string, data: string, isWanted: boolean): void {
  const why = from === to ? null : wayBackEnds(root, from, to);
  if (why === null) return;
  if (isWanted) console.log(`${why}: once it has run, the only way back is a copy of ${data} from before`);
  else
    throw new Error(
      `${why}: once it has run, the only way back is a copy of ${data} from before. Copy it while the service is stopped, then repeat with --one-way`,
    );
}

function prepareRollback(
  root: string,
  { upgrade }: GatewayConfig,
  live: Live,
  manager: ServiceManager | null,
): ReturnType<Prepare> {
  const begun = readRecord(root);
  if (begun !== null) return { record: { ...begun, back: begun.back ?? "rollback" }, exitCodes: { [ROLLED_BACK]: 0 } };
  const current = requireCurrent(root);
  const to = versionAt(root, PREVIOUS);
  if (to === null || to === current) throw new Error(`${below(root, PREVIOUS)}: there is no previous version`);
  const why = barrier(root, to, live.data);
  if (why !== null) throw new Error(why);
  requireFit(root, to, live);
  return { record: recordOf(root, manager, current, to, upgrade.sessionsWithinS, live) };
}

function recordOf(
  root: string,
  manager: ServiceManager | null,
  from: string,
  to: string,
  sessionsWithinS: number,
  live: Live,
): UpgradeRecord {
  const running = manager?.isActive(SERVICE) === true;
  const sessions = running ? sessionsNow(manager) : null;
  if (sessions !== null)
    console.log(`${from} has ${sessions.clients} client sessions and ${sessions.venues} venues on`);
  const data = live.data === resolve(below(root, DATA)) ? {} : { data: live.data };
  return { format: 1, from, to, running, sessions, sessionsWithinS, back: null, ...data };
}

function requireCurrent(root: string): string {
  const current = versionAt(root, CURRENT);
  if (current !== null) return current;
  throw new Error(`${below(root, CURRENT)}: leads to no version; expected what sallyport install makes`);
}
