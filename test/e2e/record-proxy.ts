import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./ports.ts";

const HEADER_BYTES = 5;

/** What is sent in place of a record; `ends`: and TCP ends after it. */
export interface Changed {
  readonly bytes: Buffer;
  readonly ends?: boolean;
}

/** Records that the peer has sent before on this connection; of the other one, bytes as they came, a record first. */
export interface Sent {
  readonly own: readonly Buffer[];
  readonly other: readonly Buffer[];
}

export type Change = (record: Buffer, before: Sent) => Changed;

/** Stands between two peers of TLS, and changes one record of one of them. */
export class RecordProxy {
  readonly port = freePort();
  /** Changes the next record: of who has connected, or of who was connected to. */
  change: Change | null = null;
  private readonly server: Server;
  private readonly sockets: Socket[] = [];

  constructor(
    to: () => number,
    private readonly changes: "caller" | "called",
  ) {
    this.server = createServer((caller) => {
      const called = connect(to(), "127.0.0.1");
      for (const socket of [caller, called]) {
        socket.setNoDelay(true);
        socket.on("error", () => {});
      }
      caller.on("close", () => called.destroy());
      called.on("close", () => caller.destroy());
      const [own, other] = this.changes === "caller" ? [caller, called] : [called, caller];
      const before: { own: Buffer[]; other: Buffer[] } = { own: [], other: [] };
      this.passRecords(own, other, before);
      this.pass(other, own, before.other);
      this.sockets.push(caller, called);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  /** Passes on all bytes, and keeps the first ones. */
  private pass(from: Socket, to: Socket, kept: Buffer[]): void {
    from.on("data", (bytes: Buffer) => {
      if (kept.length === 0) kept.push(bytes);
      to.write(bytes);
    });
  }

  /** Passes on records, and changes one. */
  private passRecords(from: Socket, to: Socket, before: { own: Buffer[]; other: readonly Buffer[] }): void {
    let pending = Buffer.alloc(0);
    let isOver = false;
    from.on("data", (bytes: Buffer) => {
      if (isOver) return;
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + pending.readUInt16BE(3);
        if (pending.length < end) return;
        const record = Buffer.from(pending.subarray(0, end));
        pending = pending.subarray(end);
        const { change } = this;
        this.change = null;
        const { bytes, ends } = change === null ? { bytes: record } : change(record, before);
        before.own.push(record);
        to.write(bytes);
        if (ends !== true) continue;
        isOver = true;
        to.end();
        return;
      }
    });
  }
}
