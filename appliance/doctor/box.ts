import type { TimeSync } from "../../ffi/time-sync.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { KillSwitchState } from "../../src/recovery/kill-switch.ts";
import type { CertificateView } from "../../src/tls/identities.ts";
import type { RevocationList } from "../../src/tls/revocation-lists.ts";
import type { Files } from "./files.ts";

/** Input of the checks: files that they read, and measurements made before. */
export interface Box {
  readonly files: Files;
  /** The CPUs that lanes get: those configured, then isolated ones. */
  readonly laneCpus: readonly number[];
  readonly config: GatewayConfig | null;
  /** Null when the kernel does not report it. */
  readonly timeSync: TimeSync | null;
  readonly disk: Disk;
  readonly executable: Executable;
  /** Of each table tls. */
  readonly tls: readonly TlsState[];
  readonly nowMs: number;
  /** The checks are made for a gateway that runs: what it holds is its own. */
  readonly isRunning?: boolean;
  /** Of the data directory; null: it has no journal; or why it could not be read. */
  readonly killSwitch: KillSwitchState | null | string;
}

/** The disk under the journal. */
export interface Disk {
  /** The configured journal directory, and its nearest existing parent. */
  readonly dir: string;
  readonly measuredAt: string;
  /** Where the writes were made: beside a directory that has a journal. */
  readonly writtenIn: string;
  /** Time of each small synced write, microseconds, sorted; or why it could not be measured. */
  readonly syncsUs: readonly number[] | string;
  /** Null when it is not reported. */
  readonly freeBytes: number | null;
}

export interface Executable {
  readonly path: string;
  /** True for the compiled executable, false when a runtime runs the sources. */
  readonly compiled: boolean;
  /** Null where it could not be read. */
  readonly sha256: string | null;
}

/** What a check sees of the files of one side of TLS. */
export interface TlsState {
  /** Such as `client.tls`. */
  readonly side: string;
  /** Why a start would refuse the files; null: it takes them. */
  readonly problem: { readonly where: string; readonly what: string } | null;
  /** Mode of the key's file, such as 640; null: there is none. */
  readonly keyMode: string | null;
  /** Ours, and those of its issuers behind it. */
  readonly certificates: readonly CertificateView[];
  /** Of the authorities that verify the peer. */
  readonly authorities: readonly CertificateView[];
  readonly lists: readonly RevocationList[];
}
