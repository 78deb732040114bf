import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Keys } from "./difference.ts";
import type { GatewayConfig } from "./schema.ts";

/** A file that the configuration names, which a start reads, too. */
export interface NamedFile {
  readonly keys: Keys;
  readonly path: string;
  /** Of its content; empty where it cannot be read. */
  readonly sha256: string;
}

/** Keys of a session that name a file. */
const FILE_KEYS = ["dictionary", "transportDictionary", "passwordFile"] as const;

/** The files that a configuration names, as they are now. */
export function namedFiles({ client, venues }: GatewayConfig): NamedFile[] {
  const files = new Map<string, string>();
  const found: NamedFile[] = [];
  const look = (at: Keys, sessions: Readonly<Record<string, object>>): void => {
    for (const [name, session] of Object.entries(sessions))
      for (const key of FILE_KEYS) {
        const path = (session as Readonly<Record<string, unknown>>)[key];
        if (typeof path !== "string") continue;
        const sha256 = files.get(path) ?? hashOf(path);
        files.set(path, sha256);
        found.push({ keys: [...at, name, key], path, sha256 });
      }
  };
  look(["client", "sessions"], client.sessions);
  look(["venues"], venues);
  return found;
}

function hashOf(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    // The checks of the configuration report it.
    return "";
  }
}
