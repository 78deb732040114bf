import { isolatedCpus as isolatedFrom, permittedCpus } from "../../ffi/thread.ts";
import { governor, isolatedCpus } from "../doctor/cpu.ts";
import { laneCpusOf } from "../doctor/doctor.ts";
import { MachineFiles } from "../doctor/files.ts";
import { transparentHugePages } from "../doctor/memory.ts";

/** With fewer CPUs gateway, clients, main thread and compiler would wait for each other. */
const CPUS_TO_SPIN = 4;

/** Spinning is what a gateway does on reserved CPUs. */
export function idleOf(): string {
  if (isolatedFrom().length > 0) return "auto";
  return maySpin() ? "spin" : "park";
}

export function maySpin(): boolean {
  return permittedCpus().length >= CPUS_TO_SPIN;
}

/** What `doctor` has against this machine that the demo suffers from. */
function untuned(): string[] {
  const files = new MachineFiles();
  const box = { files, laneCpus: laneCpusOf(files, null) };
  const found = [isolatedCpus, governor, transparentHugePages].map((check) => check(box));
  const named = found.filter(({ verdict }) => verdict === "warn").map(({ name, seen }) => `${name} (${seen})`);
  const cpus = permittedCpus().length;
  return maySpin() ? named : [...named, `${cpus} CPUs, so that threads sleep and wake each other`];
}

/** In a line, or none. `entry` is the module that workers start from. */
export function untunedLine(entry: string): string[] {
  const found = untuned();
  const command = isEmbedded(entry) ? "sallyport doctor" : "node appliance/bun.mjs appliance/main.ts doctor";
  return found.length === 0 ? [] : [`Not tuned: ${found.join(", ")}. More: ${command}`];
}

/** What to do after the demo. */
export function nextLine(entry: string): string {
  const program = isEmbedded(entry) ? "sallyport" : "dist/sallyport";
  const build = isEmbedded(entry) ? "" : "npm run build, ";
  return `Next: ${build}${program} example > gateway.toml, ${program} run --config gateway.toml, ${program} manual`;
}

function isEmbedded(entry: string): boolean {
  return entry.includes("/$bunfs/");
}
