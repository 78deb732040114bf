import { readFileSync, statSync } from "node:fs";
import { freeContext, makeContext, type TlsFiles, TlsProblem } from "../../ffi/tls.ts";
import { type Problem, pathText } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { ServerTls } from "../config/tls.ts";
import { type CertificateView, readCertificate } from "./identities.ts";
import type { ServerName } from "./words.ts";

const FILE_KEYS = ["certificate", "key", "ca", "crl"] as const;
type FileKey = (typeof FILE_KEYS)[number];
type Paths = { readonly [Key in FileKey]?: string | undefined };
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;
const GROUP_ALL = 0o060;

/** The tables `tls` of what listens, by their names. */
export function serversOf({ client, dropCopy }: Pick<GatewayConfig, "client" | "dropCopy">): [ServerName, ServerTls][] {
  const all: [ServerName, ServerTls | null][] = [
    ["client", client.tls],
    ["dropCopy", dropCopy?.tls ?? null],
  ];
  return all.filter((one): one is [ServerName, ServerTls] => one[1] !== null);
}

/** Makes the context of a listening side. Throws an error of one line that names the key. */
export function serverContext(name: ServerName, tls: ServerTls): number {
  const keyProblem = privateProblem(tls.key);
  if (keyProblem !== null) throw new Error(`${pathText([name, "tls", "key"])}: ${keyProblem}`);
  try {
    return makeContext(filesOf(tls));
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error;
    const path = tls[error.key as FileKey];
    throw new Error(`${pathText([name, "tls", error.key])}: ${unreadable(path) ?? error.what}${of(path)}`);
  }
}

function filesOf({ certificate, key, ca, crl, minVersion, clientCertificate }: ServerTls): TlsFiles {
  const verifies = clientCertificate !== "none";
  return {
    ...{ certificate, key, isServer: true, minVersion, clientCertificate },
    ...(verifies && ca !== undefined ? { ca } : {}),
    ...(verifies && crl !== undefined ? { crl } : {}),
  };
}

function of(path: string | undefined): string {
  return path === undefined ? "" : ` (${path})`;
}

/** Why a file can't be read, or null. */
function unreadable(path: string | undefined): string | null {
  if (path === undefined) return null;
  try {
    readFileSync(path);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

/** Why a private key's file is not private, or null. */
function privateProblem(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return `ENOENT: ${path} is not there`;
  const mode = (stat.mode & 0o777).toString(8);
  const uid = process.geteuid!();
  const groups = [process.getegid!(), ...process.getgroups!()];
  if (stat.uid !== uid && stat.uid !== 0)
    return `expected ${path} to be root's or this user's, got one of user ${stat.uid}`;
  if ((stat.mode & (OTHERS_READ | OTHERS_WRITE | GROUP_WRITE)) !== 0)
    return `expected ${path} to be readable to its owner and group only, got mode ${mode}; chmod 640 ${path}`;
  if ((stat.mode & GROUP_ALL) !== 0 && !groups.includes(stat.gid) && stat.gid !== 0)
    return `expected ${path} to have a group of this user, got group ${stat.gid} with mode ${mode}; chmod 600 ${path}`;
  return null;
}

/** What a start would refuse. */
export function tlsProblems(config: Pick<GatewayConfig, "client" | "dropCopy">): Problem[] {
  return serversOf(config).flatMap(([name, tls]) => {
    try {
      freeContext(serverContext(name, tls));
      return [];
    } catch (error) {
      const { message } = error as Error;
      const end = message.indexOf(": ");
      const names = end > 0 && message.startsWith(`${name}.`);
      return [
        names
          ? { where: message.slice(0, end), what: message.slice(end + 2) }
          : { where: `${name}.tls`, what: message },
      ];
    }
  });
}

/** The certificate of a listening side; null where it can't be read. */
export function certificateOf({ certificate }: Pick<ServerTls, "certificate">): CertificateView | null {
  try {
    return readCertificate(readFileSync(certificate, "utf8"));
  } catch {
    return null;
  }
}

/** What tells whether a file has changed: another one in its place, or other content. */
export function stampOf(paths: Paths): string {
  return FILE_KEYS.map((key) => {
    const path = paths[key];
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? "" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
  }).join(" ");
}
