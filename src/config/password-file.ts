import { readFileSync } from "node:fs";
import type { GatewayConfig } from "./schema.ts";

const LONGEST = 256;

/** Reads the passwords that the configuration has in files. Throws an error of one line with the field. */
export function readPasswordFiles(config: GatewayConfig): void {
  for (const [name, venue] of Object.entries(config.venues)) {
    if (venue.passwordFile === undefined) continue;
    const where = `venues.${name}.passwordFile`;
    let password: string;
    try {
      password = readFileSync(venue.passwordFile, "latin1").replace(/\r?\n$/, "");
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}; make the file readable to this user`);
    }
    if (!/^[\x20-\x7e]+$/.test(password) || password.length > LONGEST)
      throw new Error(`${where}: expected one line of 1 to ${LONGEST} printable ASCII characters in the file`);
    venue.password = password;
  }
}
