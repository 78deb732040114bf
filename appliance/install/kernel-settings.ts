import { readSettings, satisfies, settingPath } from "../doctor/drop-in.ts";
import { MachineFiles } from "../doctor/files.ts";
import { MachineWriter, meaning } from "../tune/writer.ts";
import { bytesOf } from "./files.ts";
import { DROP_IN } from "./places.ts";
import { line } from "./plan.ts";

/** Applies the drop-in's settings to the running kernel. Returns the lines to print. */
export function applySettings(): string[] {
  const files = new MachineFiles();
  const writer = new MachineWriter();
  const text = new TextDecoder().decode(bytesOf(DROP_IN) ?? new Uint8Array());
  const lines: string[] = [];
  /** Refused keys by errno, for one line each: a container refuses all for the same reason. */
  const refused = new Map<string, string[]>();
  for (const setting of readSettings(text)) {
    const { key, value } = setting;
    const before = files.read(settingPath(key));
    if (before === undefined || satisfies(setting, before)) continue;
    const code = writer.write(settingPath(key), value);
    if (code === null) lines.push(line("set", `${key} ${before.replace(/\s+/g, " ")} -> ${value}`));
    else refused.set(code, [...(refused.get(code) ?? []), key]);
  }
  for (const [code, keys] of refused) lines.push(line("not set", `${code}, ${meaning(code)}: ${keys.join(" ")}`));
  return lines;
}
