import { createServer, type Server, type Socket } from "node:net";
import { PATIENCE_MS, until } from "../eventually.ts";

/** What a receiver does with a request: takes it, answers with a status, never answers, or resets the connection. */
export type Manner = "take" | "hang" | "reset" | number;

/** What it was sent, as PagerDuty's Events API v2 has it. */
export interface Received {
  readonly manner: Manner;
  readonly atMs: number;
  readonly body: {
    readonly routing_key: string;
    readonly event_action: string;
    readonly dedup_key: string;
    readonly payload?: {
      readonly summary: string;
      readonly severity: string;
      readonly source: string;
      readonly class: string;
    };
  };
}

/** A local receiver of alarms that fails as a script says; after the script it takes everything. */
export class AlarmReceiver {
  readonly received: Received[] = [];
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  constructor(private readonly script: Manner[] = []) {
    this.server = createServer((socket) => this.serve(socket));
  }

  async listen(): Promise<this> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.listen(0, "127.0.0.1", resolve);
    await promise;
    this.port = (this.server.address() as { port: number }).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v2/enqueue`;
  }

  /** Events that it has taken. */
  get taken(): Received[] {
    return this.received.filter(({ manner }) => manner === "take");
  }

  /** The first taken event of an action, for a rule where it is given. */
  async event(action: string, key: string, withinMs = PATIENCE_MS): Promise<Received> {
    const find = () => this.taken.find(({ body }) => body.event_action === action && body.dedup_key.includes(key));
    return until(`${action} of ${key}`, find, withinMs, () => this.received);
  }

  fail(...manners: Manner[]): void {
    this.script.push(...manners);
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("utf8");
      const body = bodyOf(text);
      if (body === null) return;
      text = "";
      this.answer(socket, body);
    });
  }

  private answer(socket: Socket, body: string): void {
    const manner = this.script.shift() ?? "take";
    this.received.push({ manner, atMs: Date.now(), body: JSON.parse(body) });
    if (manner === "hang") return;
    if (manner === "reset") socket.resetAndDestroy();
    else if (manner === "take") socket.end("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    else socket.end(`HTTP/1.1 ${manner} No\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy`);
  }
}

/** The body of a request that is complete, else null. */
function bodyOf(text: string): string | null {
  const at = text.indexOf("\r\n\r\n");
  if (at < 0) return null;
  const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, at))?.[1] ?? 0);
  const body = text.slice(at + 4);
  return Buffer.byteLength(body) < length ? null : body;
}
