import { resolve } from "node:path";
import { makeAccount, makeDirectories, serviceOwner } from "./accounts.ts";
import { failure } from "./failure.ts";
import { bytesOf, linkOf, replaceFile, replaceLink, sha256Of } from "./files.ts";
import { applySettings } from "./kernel-settings.ts";
import { locked } from "./lock.ts";
import { Manifest } from "./manifest.ts";
import { type Executable, ownExecutable } from "./own-executable.ts";
import { below, COMMAND, CONFIG, CURRENT, DATA, DROP_IN, PREVIOUS, SERVICE, UNITS, versionFile } from "./places.ts";
import { besideOf, line, planFile, planLink, type Step, stepLines } from "./plan.ts";
import { ServiceManager } from "./service-manager.ts";
import { type Shipped, shippedFiles } from "./shipped.ts";
import { prune, refuseUnfinished, versionAt } from "./versions.ts";

export interface InstallOptions {
  readonly root?: string;
  readonly dryRun?: boolean;
  /** Instead of the machine's, whatever the root is. */
  readonly systemctl?: string;
}

/** Relative, so that it holds below any root. */
const COMMAND_TARGET = "../../../opt/sallyport/current/sallyport";

/**
 * Installs the executable, the units, kernel settings and an example configuration.
 * Returns  0, or 1 with one line on stderr. It can be repeated after an error.
 */
export async function installCommand(options: InstallOptions): Promise<number> {
  const root = resolve(options.root ?? "/");
  try {
    const executable = ownExecutable();
    if (options.dryRun === true) return dryRun(root, executable);
    requireRoot(root);
    return await locked(root, () => install(root, executable, options));
  } catch (error) {
    return failure(error, root);
  }
}

/** Fails  when the target is this machine and the user is not root. */
export function requireRoot(root: string): void {
  if (root !== "/" || process.getuid?.() === 0) return;
  throw new Error("not root: run it with sudo, or give a directory of your own as --root DIR");
}

function dryRun(root: string, executable: Executable): number {
  const steps = plan(root, Manifest.read(root), executable);
  show(root, steps);
  console.log(steps.some(isWork) ? "nothing was written (--dry-run)" : "nothing to do");
  return 0;
}

function install(root: string, executable: Executable, options: InstallOptions): number {
  refuseUnfinished(root);
  const manifest = Manifest.read(root);
  const steps = plan(root, manifest, executable);
  show(root, steps);
  for (const step of steps) if (step.kind !== "link") expect(manifest, step);
  manifest.write();

  const isRoot = process.getuid?.() === 0;
  const notes: string[] = [];
  const [accountFiles, others] = split(steps, (step) => /^\/etc\/(sysusers|tmpfiles)\.d\//.test(step.place));
  for (const step of accountFiles) apply(root, manifest, step);
  note(notes, makeAccount(root, isRoot));
  note(notes, makeDirectories(root, isRoot));
  for (const step of others) apply(root, manifest, step);
  for (const name of prune(root, manifest)) console.log(line("remove", below(root, versionFile(name))));
  manifest.write();

  if (root === "/") for (const one of applySettings()) console.log(one);
  const manager = ServiceManager.find(root, options.systemctl);
  if (steps.some((step) => isWork(step) && step.place.startsWith(UNITS))) manager?.reload();
  for (const one of notes) console.log(line("notice", one));
  sayNext(root, steps, manager);
  return 0;
}

/** All files to install; links last, so that they never dangle. */
function plan(root: string, manifest: Manifest, executable: Executable): Step[] {
  const files = shippedFiles().map((file) => planFile(root, manifest, file));
  return [planExecutable(root, executable), ...files, ...links(root, executable.name)];
}

/** The directory's name has the checksum: another content is a failed copy. */
function planExecutable(root: string, { name, sha256, bytes }: Executable): Step {
  const place = versionFile(name);
  const file: Shipped = { place, bytes, mode: 0o755 };
  const before = bytesOf(below(root, place));
  if (before === null) return { kind: "new", place, file };
  return sha256Of(before) === sha256 ? { kind: "same", place, file } : { kind: "change", place, file, before };
}

function links(root: string, name: string): Step[] {
  const current = versionAt(root, CURRENT);
  const steps = [
    current === null || current === name ? null : planLink(root, PREVIOUS, current),
    planLink(root, CURRENT, name),
    planLink(root, COMMAND, COMMAND_TARGET),
  ];
  return steps.filter((step) => step !== null);
}

function isWork(step: Step): boolean {
  return step.kind !== "same" && step.kind !== "keep";
}

function show(root: string, steps: readonly Step[]): void {
  for (const step of steps) for (const one of stepLines(root, step)) console.log(one);
}

function expect(manifest: Manifest, step: Exclude<Step, { kind: "link" }>): void {
  const sum = sha256Of(step.file.bytes);
  manifest.expect(step.place, sum);
  if (step.kind === "beside") manifest.expect(besideOf(step.place), sum);
}

function apply(root: string, manifest: Manifest, step: Step): void {
  const path = below(root, step.place);
  if (step.kind === "link") {
    replaceLink(path, step.target);
    return;
  }
  const { bytes, mode, secret } = step.file;
  const sum = sha256Of(bytes);
  const owner = serviceOwner(root);
  // Root may write it, the service may only read it.
  const shared = secret === true && owner !== null && process.getuid?.() === 0 ? { uid: 0, gid: owner.gid } : null;
  if (step.kind === "new" || step.kind === "change") replaceFile(path, bytes, mode, shared);
  if (step.kind === "beside") {
    replaceFile(besideOf(path), bytes, mode, shared);
    manifest.settle(besideOf(step.place), sum);
  }
  manifest.settle(step.place, sum);
}

function sayNext(root: string, steps: readonly Step[], manager: ServiceManager | null): void {
  if (!steps.some(isWork)) {
    console.log("nothing to do");
    return;
  }
  const command = below(root, COMMAND);
  console.log(`installed; the configuration is ${below(root, CONFIG)}, data goes to ${below(root, DATA)}`);
  if (root !== "/") console.log(`kernel settings are not applied below another root (${below(root, DROP_IN)})`);
  if (manager?.isActive(SERVICE) === true) {
    if (linkMoved(steps)) console.log(`${SERVICE} still runs the previous version: systemctl restart sallyport`);
    return;
  }
  console.log(`next: edit the configuration, ${command} check --config ${below(root, CONFIG)},`);
  console.log("      systemctl enable --now sallyport-tune sallyport");
}

function linkMoved(steps: readonly Step[]): boolean {
  return steps.some((step) => step.place === CURRENT);
}

function split<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}

function note(notes: string[], what: string | null): void {
  if (what !== null) notes.push(what);
}

/** Whether a link is one that install made. */
export function isOurCommand(root: string): boolean {
  return linkOf(below(root, COMMAND)) === COMMAND_TARGET;
}
