import { readFileSync, statSync } from "node:fs";
import { freeContext, makeContext, type TlsFiles, TlsProblem } from "../../ffi/tls.ts";
import { type Problem, pathText } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { ServerTls } from "../config/tls.ts";
import { type CertificateView, readCertificate } from "./identities.ts";
import { readLists } from "./revocation-lists.ts";
import type { ServerName } from "./words.ts";

const FILE_KEYS = ["certificate", "key", "ca", "crl"] as const;
type FileKey = (typeof FILE_KEYS)[number];
type Paths = { readonly [Key in FileKey]?: string | undefined };
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;
const GROUP_WRITE = 0o020;
const GROUP_ALL = 0o060;

type VenueConfig = GatewayConfig["venues"][string];
type Config = Pick<GatewayConfig, "client" | "dropCopy" | "admin" | "venues">;

/** One side of TLS: what listens, or a venue. */
export interface TlsSide {
  /** `client`, `dropCopy`, `admin` or `venues.X`. */
  readonly name: string;
  /** Of its table. */
  readonly where: string;
  readonly paths: Paths;
  readonly files: TlsFiles;
}

/** The tables `tls` of what listens, by their names. */
export function serversOf({ client, dropCopy, admin }: Omit<Config, "venues">): [ServerName, ServerTls][] {
  const all: [ServerName, ServerTls | null][] = [
    ["client", client.tls],
    ["dropCopy", dropCopy?.tls ?? null],
    ["admin", admin.tls],
  ];
  return all.filter((one): one is [ServerName, ServerTls] => one[1] !== null);
}

/** The name of a venue's side. */
function venueSide(venue: string): string {
  return `venues.${venue}`;
}

/** All sides of a configuration. */
export function sidesOf(config: Config): TlsSide[] {
  const servers = serversOf(config).map(([name, tls]): TlsSide => {
    const { certificate, key, ca, crl, crlCheck, minVersion, clientCertificate } = tls;
    const verified = clientCertificate === "none" ? {} : { ca, crl };
    const paths = { certificate, key, ...verified };
    return {
      name,
      where: pathText([name, "tls"]),
      paths,
      files: { ...present(paths), isServer: true, crlCheck, minVersion, clientCertificate },
    };
  });
  const venues = Object.entries(config.venues).map(([venue, settings]) => sideOfVenue(venue, settings));
  return [...servers, ...venues.filter((side) => side !== null)];
}

/** The side of a venue; null: it has no TLS. */
export function sideOfVenue(venue: string, { tls }: Pick<VenueConfig, "tls">): TlsSide | null {
  if (tls === undefined) return null;
  const { certificate, key, ca, crl, crlCheck, minVersion } = tls;
  const paths = { certificate, key, ca, crl };
  const files: TlsFiles = { ...present(paths), isServer: false, crlCheck, minVersion, clientCertificate: "none" };
  return { name: venueSide(venue), where: pathText(["venues", venue, "tls"]), paths, files };
}

function present(paths: Paths): { [Key in FileKey]?: string } {
  return Object.fromEntries(Object.entries(paths).filter(([, path]) => path !== undefined));
}

/** A file that can't be used. */
class FileProblem extends Error {
  constructor(
    readonly where: string,
    readonly what: string,
  ) {
    super(`${where}: ${what}`);
  }
}

/** Who reads the files. */
interface Reader {
  readonly uid: number;
  readonly groups: readonly number[];
}

function thisUser(): Reader {
  return { uid: process.geteuid!(), groups: [process.getegid!(), ...process.getgroups!()] };
}

/** Who will read them: root checks them for the user that has the data directory. */
export function readerOf(dataDir: string): Reader {
  const own = thisUser();
  const stat = own.uid === 0 ? statSync(dataDir, { throwIfNoEntry: false }) : undefined;
  return stat === undefined || stat.uid === 0 ? own : { uid: stat.uid, groups: [stat.gid] };
}

/** Makes the context of a side. Throws an error of one line that names the key. */
export function contextOf({ where, paths, files }: TlsSide, reader = thisUser()): number {
  const keyProblem = paths.key === undefined ? null : privateProblem(paths.key, reader);
  if (keyProblem !== null) throw new FileProblem(`${where}.key`, keyProblem);
  try {
    return makeContext(files);
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error;
    const path = paths[error.key as FileKey];
    throw new FileProblem(`${where}.${error.key}`, `${unreadable(path) ?? error.what}${of(path)}`);
  }
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
function privateProblem(path: string, { uid, groups }: Reader): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return `ENOENT: ${path} is not there`;
  const mode = (stat.mode & 0o777).toString(8);
  if (stat.uid !== uid && stat.uid !== 0)
    return `expected ${path} to be of root or of user ${uid}, got one of user ${stat.uid}`;
  if ((stat.mode & (OTHERS_READ | OTHERS_WRITE | GROUP_WRITE)) !== 0)
    return `expected ${path} to be readable to its owner and group only, got mode ${mode}; chmod 640 ${path}`;
  if ((stat.mode & GROUP_ALL) !== 0 && !groups.includes(stat.gid) && stat.gid !== 0)
    return `expected ${path} to have a group of user ${uid}, got group ${stat.gid} with mode ${mode}; chmod 600 ${path}`;
  return null;
}

/** What a start would refuse. */
export function tlsProblems(config: Config & Pick<GatewayConfig, "gateway">): Problem[] {
  const reader = readerOf(config.gateway.data);
  return sidesOf(config).flatMap((side) => problemOf(side, reader) ?? []);
}

/** Why a side's files can't be used; null: they can. */
export function problemOf(side: TlsSide, reader: Reader): Problem | null {
  try {
    freeContext(contextOf(side, reader));
    return null;
  } catch (error) {
    if (error instanceof FileProblem) return { where: error.where, what: error.what };
    return { where: side.where, what: (error as Error).message };
  }
}

/** The certificate of a side; null where it has none, or it can't be read. */
export function certificateOf({ paths }: TlsSide): CertificateView | null {
  if (paths.certificate === undefined) return null;
  try {
    return readCertificate(readFileSync(paths.certificate, "utf8"));
  } catch {
    return null;
  }
}

/** When the first of a side's revocation lists ends, milliseconds since 1970; null where it has none with an end, or they can't be read. */
export function listsEndOf({ paths }: TlsSide): number | null {
  if (paths.crl === undefined) return null;
  try {
    const ends = readLists(readFileSync(paths.crl, "utf8")).flatMap(({ untilMs }) => untilMs ?? []);
    return ends.length === 0 ? null : Math.min(...ends);
  } catch {
    return null;
  }
}

/** What tells whether a file has changed: another one in its place, or other content. */
export function stampOf({ paths }: TlsSide): string {
  return FILE_KEYS.map((key) => {
    const path = paths[key];
    const stat = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? "" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
  }).join(" ");
}
