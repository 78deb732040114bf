import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { endWith } from "./places.ts";

/*  The HTTP server does not say who is at the other end of a connection, so each goes through a door, which knows:
 *
 *    operator ──▶ door: who it is ──▶ head of the request with the door's word about it ──▶ HTTP server (inner-sockets.ts)
 *
 *  The word is a key that only this process knows, and a number. A connection carries one request. It is for the host localhost: where
 *  a host has less than 4 letters, the HTTP server's router looks for the path in the wrong place. The host that was named is another field.
 */
const WORD_HEADER = "x-sallyport-peer";
const HOST_HEADER = "x-sallyport-host";
const MOST_HEAD_BYTES = 16_384;
export const HEAD_WITHIN_MS = 10_000;
const HEAD_TOO_LARGE = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
export const END_OF_HEAD = Buffer.from("\r\n\r\n");
/** Headers that the door alone writes; the connection ends after the answer. */
const NOT_KEPT = /^(x-sallyport-peer|x-sallyport-host|connection|keep-alive|host)\s*:/i;
const HOST = /^host\s*:\s*(.*?)\s*$/i;

/** Passes the one request of each connection on, with who makes it. */
export class RequestDoor<Who> {
  private readonly key = randomBytes(32).toString("hex");
  private readonly known = new Map<number, Who>();
  private count = 0;

  constructor(
    /** Unix socket of the HTTP server. */
    private readonly behind: string,
  ) {}

  /** Who makes a request that came through here; null: it did not, or its connection has ended. */
  who(request: Request): Who | null {
    const [key, number] = (request.headers.get(WORD_HEADER) ?? "").split(" ");
    return key === this.key ? (this.known.get(Number(number)) ?? null) : null;
  }

  /** Takes a connection, of which `first` has been read; it lets errors of the socket destroy it. */
  take(socket: Socket, who: Who, first: Buffer = Buffer.alloc(0)): void {
    const number = this.count++;
    this.known.set(number, who);
    let head = first;
    const timer = setTimeout(() => socket.destroy(), HEAD_WITHIN_MS);
    const look = (): void => {
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0 && head.length <= MOST_HEAD_BYTES) return;
      clearTimeout(timer);
      socket.off("data", collect);
      socket.pause();
      if (end < 0 || end > MOST_HEAD_BYTES) {
        endWith(socket, HEAD_TOO_LARGE);
        return;
      }
      this.passOn(socket, this.withWord(head.subarray(0, end).toString("latin1"), number), head.subarray(end));
    };
    const collect = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      look();
    };
    socket.on("data", collect);
    // A client that ends its side is gone: its request needs no answer, and it must not keep its place.
    socket.once("end", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(timer);
      this.known.delete(number);
    });
    look();
  }

  private passOn(socket: Socket, head: string, rest: Buffer): void {
    const inner = connect({ path: this.behind });
    const end = (): void => {
      socket.destroy();
      inner.destroy();
    };
    inner.on("error", end);
    socket.once("close", end);
    inner.once("close", () => socket.end());
    inner.write(Buffer.concat([Buffer.from(head, "latin1"), rest]));
    socket.pipe(inner, { end: false });
    inner.pipe(socket);
  }

  private withWord(head: string, number: number): string {
    const [first, ...fields] = head.split("\r\n");
    const kept = fields.filter((field) => !NOT_KEPT.test(field));
    const hosts = fields.flatMap((field) => HOST.exec(field)?.[1] ?? []);
    const ours = ["host: localhost", `${HOST_HEADER}: ${hosts.join(",")}`, `${WORD_HEADER}: ${this.key} ${number}`];
    return [first, ...ours, "connection: close", ...kept].join("\r\n");
  }
}

/** The host that a request has named, as a URL writes it; "": none, or no host. */
export function namedHost({ headers }: Request): string {
  return URL.parse(`https://${headers.get(HOST_HEADER)}`)?.host ?? "";
}
