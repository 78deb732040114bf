import { readFileSync, statSync } from "node:fs";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { problemOf, readerOf, sidesOf, type TlsSide } from "../../src/tls/files.ts";
import { type CertificateView, readCertificates } from "../../src/tls/identities.ts";
import { readLists } from "../../src/tls/revocation-lists.ts";
import type { Box, TlsState } from "./box.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

const DAY_MS = 86_400_000;
/** Days before its end at which a certificate is a warning, and a failure: as the alarm certificate-expires has them. */
const WARN_DAYS = 30;
const FAIL_DAYS = 7;
/** Authorities make a new list every few days. */
const WARN_LIST_DAYS = 1;
const THEME = "TLS";

/** Reads the files of every table tls as a start does. */
export function measureTls(config: GatewayConfig | null): TlsState[] {
  if (config === null) return [];
  const reader = readerOf(config.gateway.data);
  return sidesOf(config).map((side) => stateOf(side, problemOf(side, reader)));
}

function stateOf({ where, paths }: TlsSide, problem: TlsState["problem"]): TlsState {
  const key = paths.key === undefined ? undefined : statSync(paths.key, { throwIfNoEntry: false });
  return {
    ...{ side: where, problem },
    keyMode: key === undefined ? null : (key.mode & 0o777).toString(8),
    certificates: readAll(paths.certificate, readCertificates),
    authorities: readAll(paths.ca, readCertificates),
    lists: readAll(paths.crl, readLists),
  };
}

/** Empty where a file can't be read: `problem` says so. */
function readAll<T>(path: string | undefined, read: (text: string) => T[]): T[] {
  if (path === undefined) return [];
  try {
    return read(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}

/** A row for each file of each table tls. */
export function tlsChecks({ tls, nowMs }: Pick<Box, "tls" | "nowMs">): Finding[] {
  if (tls.length === 0)
    return [notApplicable(subject("TLS", "connections that need it"), "no table tls is configured")];
  return tls.flatMap((state) => {
    const { side, problem } = state;
    const rows = [
      ...keyRow(state),
      ...certificateRow(state, nowMs),
      ...authorityRow(state, nowMs),
      ...listRow(state, nowMs),
    ];
    if (problem === null) return rows;
    const row = problemRow(side, problem);
    return [...rows.filter(({ name }) => name !== row.name), row];
  });
}

function problemRow(side: string, { where, what }: NonNullable<TlsState["problem"]>): Finding {
  const about = subject(where, `${side} can't be opened: a start is refused`);
  if (what.includes("EACCES") && process.geteuid!() !== 0)
    return warn(about, what, "Where the gateway has another user: run doctor as that one, or as root.");
  return fail(about, what, "Replace it with a file that `sallyport check` takes.");
}

function keyRow({ side, keyMode, problem }: TlsState): Finding[] {
  if (keyMode === null) return [];
  const about = subject(`${side}.key`, "whoever reads the key can pass for this gateway");
  return [ok(about, `mode ${keyMode}${problem === null ? ", the key of the certificate" : ""}`)];
}

function certificateRow({ side, certificates }: TlsState, nowMs: number): Finding[] {
  if (certificates.length === 0) return [];
  const about = subject(
    `${side}.certificate`,
    "peers refuse a certificate that is not valid, so that nobody can connect",
  );
  const early = certificates.find(({ from }) => from.getTime() > nowMs);
  if (early !== undefined)
    return [
      fail(about, `${early.subject} is valid from ${minute(early.from.getTime())} on`, "Look at the clock, or wait."),
    ];
  const { subject: of, until } = first(certificates);
  const days = daysTo(until.getTime(), nowMs);
  const seen = `${of}, ${untilText(until.getTime(), nowMs)}`;
  const remedy = "Replace the file with a new certificate: a running gateway takes it.";
  if (days < FAIL_DAYS) return [fail(about, seen, remedy)];
  return [days < WARN_DAYS ? warn(about, seen, remedy) : ok(about, seen)];
}

/** A bundle may have old ones among others: only when all have ended, nobody can be verified. */
function authorityRow({ side, authorities }: TlsState, nowMs: number): Finding[] {
  if (authorities.length === 0) return [];
  const about = subject(`${side}.ca`, "certificates that an authority has signed end with it");
  const { subject: of, until } = first(authorities);
  const seen = `${authorities.length === 1 ? "" : `${authorities.length} authorities; `}${of}, ${untilText(until.getTime(), nowMs)}`;
  const remedy = "Put the authority's new certificate into the file, beside the old one while both are in use.";
  if (authorities.every((one) => daysTo(one.until.getTime(), nowMs) < 0)) return [fail(about, seen, remedy)];
  return [daysTo(until.getTime(), nowMs) < WARN_DAYS ? warn(about, seen, remedy) : ok(about, seen)];
}

function listRow({ side, lists }: TlsState, nowMs: number): Finding[] {
  const ends = lists.flatMap(({ issuer, untilMs }) => (untilMs === null ? [] : [{ issuer, untilMs }]));
  if (ends.length === 0) return [];
  const about = subject(`${side}.crl`, "with a list that is out of date, every peer of its authority is refused");
  const { issuer, untilMs } = ends.reduce((a, b) => (b.untilMs < a.untilMs ? b : a));
  const seen = `${lists.length === 1 ? "1 list" : `${lists.length} lists`}; that of ${issuer}, ${untilText(untilMs, nowMs)}`;
  const remedy = "Replace the file with the authority's current list: a running gateway takes it.";
  const days = daysTo(untilMs, nowMs);
  if (days < 0) return [fail(about, seen, remedy)];
  return [days < WARN_LIST_DAYS ? warn(about, seen, remedy) : ok(about, seen)];
}

function first(all: readonly CertificateView[]): CertificateView {
  return all.reduce((a, b) => (b.until < a.until ? b : a));
}

function daysTo(untilMs: number, nowMs: number): number {
  return (untilMs - nowMs) / DAY_MS;
}

function untilText(untilMs: number, nowMs: number): string {
  const days = daysTo(untilMs, nowMs);
  if (days < 0) return `ended at ${minute(untilMs)}`;
  return `until ${minute(untilMs)}: ${days.toFixed(days < 10 ? 1 : 0)} days`;
}

function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function subject(name: string, why: string): Subject {
  return { name, theme: THEME, why };
}
