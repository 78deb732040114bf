import dropIn from "../../systemd/60-sallyport.conf" with { type: "text" };

/** One kernel setting of the embedded drop-in. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  /** Its comment in the drop-in. */
  readonly why: string;
}

/** Reads a file of sysctl.d: lines of `key = value`; a comment speaks of all the keys below it, up to an empty line. */
export function readSettings(text: string): Setting[] {
  const settings: Setting[] = [];
  let comment: string[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") comment = [];
    else if (/^[#;]/.test(line)) comment.push(line.replace(/^[#;]\s*/, ""));
    else {
      const [key, ...value] = line.split("=");
      settings.push({ key: key!.trim(), value: spaced(value.join("=")), why: comment.join(" ") });
    }
  }
  return settings;
}

/** Kernel settings recommended for a gateway. */
export const SETTINGS: readonly Setting[] = readSettings(dropIn);

/** Path of a key under /proc/sys. */
export function settingPath(key: string): string {
  return `/proc/sys/${key.replaceAll(".", "/")}`;
}

/** Sizes for bursts: a larger value satisfies the setting too. */
const ROOM = new Set(["net.core.somaxconn", "net.core.netdev_max_backlog"]);

/** Whether a value satisfies the setting. */
export function satisfies({ key, value }: Setting, seen: string): boolean {
  if (ROOM.has(key)) return Number(seen) >= Number(value);
  return spaced(seen) === value;
}

/** Numbers with one space between. */
function spaced(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
