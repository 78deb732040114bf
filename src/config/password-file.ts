import { readFileSync } from "node:fs";
import { type Problem, pathText, problemLine } from "./problem.ts";
import type { GatewayConfig } from "./schema.ts";

const LONGEST = 256;
const ROUTING_KEY_FILE = "alarms.routingKeyFile";

/** Reads the passwords that the configuration has in files. Throws an error of one line with the field. */
export function readPasswordFiles(config: GatewayConfig): void {
  for (const [name, venue] of Object.entries(config.venues)) {
    if (venue.passwordFile === undefined) continue;
    const read = readPassword(venue.passwordFile);
    if (read.password === undefined) throw new Error(problemLine({ where: pathOf(name), what: read.what }));
    venue.password = read.password;
  }
  const { routingKeyFile } = config.alarms;
  if (routingKeyFile === undefined) return;
  const read = readPassword(routingKeyFile);
  if (read.password === undefined) throw new Error(problemLine({ where: ROUTING_KEY_FILE, what: read.what }));
  config.alarms.routingKey = read.password;
}

/** The password files that a start would refuse. */
export function passwordFileProblems(config: GatewayConfig): Problem[] {
  const { routingKeyFile } = config.alarms;
  const key = routingKeyFile === undefined ? [] : [{ where: ROUTING_KEY_FILE, path: routingKeyFile }];
  const passwords = Object.entries(config.venues).flatMap(([name, { passwordFile: path }]) =>
    path === undefined ? [] : [{ where: pathOf(name), path }],
  );
  return [...passwords, ...key].flatMap(({ where, path }) => {
    const read = readPassword(path);
    return read.password === undefined ? [{ where, what: read.what }] : [];
  });
}

/** What a password file has now, or null where a start would refuse it. */
export function passwordIn(path: string): string | null {
  return readPassword(path).password ?? null;
}

function pathOf(venue: string): string {
  return pathText(["venues", venue, "passwordFile"]);
}

function readPassword(path: string): { password: string } | { password?: undefined; what: string } {
  let password: string;
  try {
    password = readFileSync(path, "latin1").replace(/\r?\n$/, "");
  } catch (error) {
    return { what: `${(error as Error).message}; make the file readable to this user` };
  }
  if (/^[\x20-\x7e]+$/.test(password) && password.length <= LONGEST) return { password };
  return { what: `expected one line of 1 to ${LONGEST} printable ASCII characters in ${path}` };
}
