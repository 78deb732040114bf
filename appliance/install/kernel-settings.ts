import { readSettings, satisfies, settingPath } from "../doctor/drop-in.ts";
import { MachineFiles } from "../doctor/files.ts";
import { MachineWriter, meaning } from "../tune/writer.ts";
import { bytesOf } from "./files.ts";
import { DROP_IN } from "./places.ts";
import { line } from "./plan.ts";

/** Brings the drop-in's settings into the running kernel, as its next start will. Returns what to say of it. */
export function applySettings(): string[] {
  const files = new MachineFiles();
  const writer = new MachineWriter();
  const text = new TextDecoder().decode(bytesOf(DROP_IN) ?? new Uint8Array());
  return readSettings(text).flatMap((setting) => {
    const path = settingPath(setting.key);
    const before = files.read(path);
    if (before === undefined || satisfies(setting, before)) return [];
    const refused = writer.write(path, setting.value);
    if (refused === null) return [line("set", `${setting.key} ${before.replace(/\s+/g, " ")} -> ${setting.value}`)];
    return [line("not set", `${setting.key}: ${refused}, ${meaning(refused)}`)];
  });
}
