import { peerCredentials } from "../../../ffi/socket.ts";
import type { AdminServer } from "../../admin/server.ts";
import type { Log } from "../../base/log.ts";
import type { AdminConfig } from "../../config/schema.ts";
import type { ActionRecord } from "../../control/action-record.ts";
import type { Operations } from "../../operation/operations.ts";
import type { ListenPorts } from "../lane-context.ts";
import type { Part } from "../supervisor.ts";
import { adminSocket } from "./admin-socket.ts";
import type { GatewayDrain } from "./drain.ts";
import type { ReaderProcesses } from "./reader-processes.ts";

export interface AdminPartParts {
  readonly config: AdminConfig;
  readonly dataDir: string;
  readonly version: string;
  readonly operations: Operations;
  readonly manual: Readonly<Record<string, string>>;
  readonly journal: (record: ActionRecord) => Promise<string>;
  readonly ports: ListenPorts;
  /** Processes that read the journal for it. */
  readonly readers: ReaderProcesses;
  readonly drain: GatewayDrain;
  /** As AdminParts has it. */
  readonly openTls: (path: string, renewed: () => void) => void;
  readonly log: Log;
}

/** The operator's side as a part of the gateway: started last, stopped first. */
export class AdminPart implements Part {
  readonly name = "API";
  private server: AdminServer | null = null;

  constructor(private readonly parts: AdminPartParts) {}

  async start(): Promise<void> {
    const { config, dataDir, ports, readers: _, drain: __, ...rest } = this.parts;
    const socketPath = adminSocket(config, dataDir);
    if (socketPath === "" && config.listen.length === 0 && config.tls === null) return;
    // Loaded here: without it a start needs none of its packages.
    const { AdminServer } = await import("../../admin/server.ts");
    this.server = new AdminServer({ ...rest, config, dataDir, socketPath, peerOf: peerCredentials });
    await this.server.start();
    ports.admin = this.server.ports;
  }

  /** Users and tokens of this configuration count from the next request on. */
  replaceAccess(config: AdminConfig): void {
    this.server?.access.replace(config);
  }

  async stop(): Promise<void> {
    this.parts.drain.end();
    await this.server?.stop();
    await this.parts.readers.close();
  }
}
