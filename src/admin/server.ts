import type { Log } from "../base/log.ts";
import { addressText, isLoopbackName } from "../config/address.ts";
import type { AdminConfig } from "../config/schema.ts";
import type { Operations } from "../operation/operations.ts";
import { Access, type Peer } from "./access.ts";
import { Actions, type ActionsParts } from "./actions.ts";
import { adminApp, OPEN_PATHS } from "./app.ts";
import type { AdminContext } from "./context.ts";
import { ApiFailure, failureResponse } from "./failure.ts";
import { InnerSockets } from "./inner-sockets.ts";
import { LoopbackDoor } from "./loopback-door.ts";
import { PeerDoor } from "./peer-door.ts";
import { Places } from "./places.ts";
import { namedHost } from "./request-door.ts";
import { TlsDoor } from "./tls-door.ts";

export interface AdminParts {
  readonly config: AdminConfig;
  /** Path of the unix socket; "" for none. */
  readonly socketPath: string;
  readonly dataDir: string;
  readonly version: string;
  readonly operations: Operations;
  readonly manual: AdminContext["manual"];
  readonly journal: ActionsParts["journal"];
  readonly peerOf: (fd: number) => Peer;
  /** Has the thread of TLS bring connections of admin.tls to a unix socket; `renewed` is called when its files have changed. */
  readonly openTls: (path: string, renewed: () => void) => void;
  readonly log: Log;
}

/** Longest silence of a connection between requests; and of one whose request has a body, until it is answered. */
const IDLE_TIMEOUT_S = 60;
const WITH_BODY_S = 120;
/** Requests that it makes itself at its start, and most time of one. */
const REHEARSALS = 4;
const REHEARSAL_WITHIN_MS = 1_000;
/** A name that no account can have. */
const NOBODY = "\n";
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Of a request whose header Host is no host. */
const NO_HOST = { hostname: "", host: "" } as const;

/** What a server of Bun lets set for one request: seconds of silence after which its connection ends, 0 for none. */
interface Own {
  timeout(request: Request, seconds: number): void;
}

/** The API on its unix socket and its addresses. Main thread. */
export class AdminServer {
  readonly access: Access;
  readonly actions: Actions;
  /** Ports of the loopback addresses, in their order. */
  readonly ports: number[] = [];
  private readonly handle: (request: Request) => Promise<Response>;
  private readonly servers: ReturnType<typeof Bun.serve>[] = [];
  private readonly loopback: LoopbackDoor[] = [];
  private readonly places: Places;
  private readonly inner: InnerSockets;
  private door: PeerDoor | null = null;
  private tlsDoor: TlsDoor | null = null;

  constructor(private readonly parts: AdminParts) {
    const { config, dataDir, version, operations, manual, journal, log } = parts;
    this.access = new Access(config, process.getuid?.() ?? 0);
    this.actions = new Actions({ journal, log, config });
    this.handle = adminApp({ operations, actions: this.actions, access: this.access, manual }, version, log);
    this.places = new Places(config.maxConnections);
    this.inner = new InnerSockets(dataDir);
  }

  async start(): Promise<void> {
    const { config, log, socketPath, peerOf } = this.parts;
    const { maxBodyBytes: maxRequestBodySize } = config;
    const options = { maxRequestBodySize, development: false } as const;
    const { inner, places } = this;
    await inner.open();
    if (socketPath !== "") {
      const rankOf = (uid: number) => this.access.rankOf(uid);
      const behind = inner.next();
      const door = new PeerDoor({ path: socketPath, behind, places, peerOf, rankOf });
      this.door = door;
      const fetch = async (request: Request, own: Own) => {
        const peer = door.peer(request);
        return closing(await this.answer(request, own, () => this.access.enter(request, peer, "unix socket")));
      };
      this.servers.push(Bun.serve({ ...options, unix: behind, fetch }));
      await door.start();
      log.info(`API on ${socketPath}`);
      await this.rehearse(socketPath);
    }
    for (const address of config.listen) {
      const { host, port } = address;
      const behind = inner.next();
      const loopback = new LoopbackDoor(places, behind, host, port);
      const server = Bun.serve({
        ...options,
        // Its type is for addresses alone; the server has it for unix sockets, too.
        ...({ idleTimeout: IDLE_TIMEOUT_S } as object),
        unix: behind,
        fetch: (request, own) => this.fromLoopback(request, own, host),
      });
      this.servers.push(server);
      this.loopback.push(loopback);
      const got = await loopback.start();
      this.ports.push(got);
      log.info(`API and dashboard on http://${addressText({ host, port: got })}`);
    }
    if (config.tls !== null) await this.startTls(options);
  }

  private async startTls(options: { readonly maxRequestBodySize: number; readonly development: false }): Promise<void> {
    const { inner, places } = this;
    const path = inner.next();
    const behind = inner.next();
    const door = new TlsDoor(path, behind, places);
    this.tlsDoor = door;
    const fetch = async (request: Request, own: Own) => closing(await this.fromTls(request, own, door));
    this.servers.push(Bun.serve({ ...options, unix: behind, fetch }));
    await door.start();
    // An open stream may be of a certificate that is revoked since.
    this.parts.openTls(path, () => this.access.change("the files of admin.tls were read again"));
  }

  /** Asks itself for what does nothing: the first request of an operator, who may want the kill switch, finds compiled code. */
  private async rehearse(unix: string): Promise<void> {
    const body = JSON.stringify({ scope: `account:${NOBODY}`, engaged: true, cancelOpen: true, why: "rehearsal" });
    const headers = { "content-type": "application/json" };
    try {
      for (let i = 0; i < REHEARSALS; i++) {
        const signal = AbortSignal.timeout(REHEARSAL_WITHIN_MS);
        const answer = await fetch("http://localhost/v1/kill-switch", { unix, method: "PUT", headers, body, signal });
        await answer.text();
      }
    } catch (error) {
      this.parts.log.warning(`API on ${unix}: it does not answer its own request: ${(error as Error).message}`);
    }
  }

  async stop(): Promise<void> {
    this.actions.stop();
    this.access.stop();
    this.door?.stop();
    this.tlsDoor?.stop();
    for (const one of this.loopback) one.stop();
    await Promise.all(this.servers.map((server) => server.stop(true)));
    this.inner.close();
  }

  /** A page of another site must not reach it through the operator's browser, by a name that leads to this machine. */
  private fromLoopback(request: Request, own: Own, address: string): Promise<Response> {
    const { hostname, host } = URL.parse(request.url) ?? NO_HOST;
    const origin = request.headers.get("origin");
    if (isLoopbackName(hostname) && (origin === null || URL.parse(origin)?.host === host))
      return this.answer(request, own, () => this.access.enter(request, null, address));
    const message = `expected a request of this machine's own pages, got one for ${host} of ${origin ?? "no origin"}`;
    return Promise.resolve(failureResponse(new ApiFailure(403, "foreign", message)));
  }

  /** A page of another site must not use the certificate in the operator's browser. The name in the URL is that of our certificate. */
  private fromTls(request: Request, own: Own, door: TlsDoor): Promise<Response> {
    const host = namedHost(request);
    const origin = request.headers.get("origin");
    const peer = door.peer(request);
    if (peer === null)
      return Promise.resolve(failureResponse(new ApiFailure(401, "unknown", "its connection is over")));
    if (host === "") {
      const got = "expected the name of this API's host, got none, or no name";
      return Promise.resolve(failureResponse(new ApiFailure(400, "invalid", got, "host")));
    }
    if (origin === null || URL.parse(origin)?.host === host)
      return this.answer(request, own, () => this.access.enterTls(request, peer));
    const message = `expected a request of this API's own pages, got one for ${host} of ${origin}`;
    return Promise.resolve(failureResponse(new ApiFailure(403, "foreign", message)));
  }

  /** `enter` finds who makes the request, or throws an ApiFailure. */
  private async answer(request: Request, own: Own, enter: () => unknown): Promise<Response> {
    try {
      // What takes long has a limit of its own: reports, timelines, streams.
      own.timeout(request, request.body === null ? 0 : WITH_BODY_S);
      const type = request.headers.get("content-type");
      if (type !== null && !JSON_TYPE.test(type))
        throw new ApiFailure(415, "not-json", `expected application/json, got ${type.slice(0, 100)}`, "content-type");
      if (!OPEN_PATHS.has(URL.parse(request.url)?.pathname ?? "")) enter();
      return await this.handle(request);
    } catch (error) {
      if (error instanceof ApiFailure) return failureResponse(error);
      throw error;
    }
  }
}

/** Each connection of a door carries one request: a client must not send its next one on a connection that is being closed. */
function closing(response: Response): Response {
  response.headers.set("connection", "close");
  return response;
}
