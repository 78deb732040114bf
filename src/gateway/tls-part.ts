import { closeFd } from "../../ffi/file.ts";
import { openSslVersion } from "../../ffi/openssl.ts";
import { makePipe } from "../../ffi/pipe.ts";
import { closeSocket, listenTcp, localPort } from "../../ffi/socket.ts";
import { freeContext } from "../../ffi/tls.ts";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { TlsSideView } from "../operation/tls.ts";
import {
  certificateOf,
  contextOf,
  listsEndOf,
  serversOf,
  sideOfVenue,
  sidesOf,
  stampOf,
  type TlsSide,
} from "../tls/files.ts";
import type { CertificateView } from "../tls/identities.ts";
import type {
  FromHandshakes,
  HandshakesData,
  LanesTls,
  RefusedPeer,
  ServerData,
  ServerName,
  TargetData,
} from "../tls/words.ts";
import type { ListenPorts } from "./lane-context.ts";
import type { Part } from "./supervisor.ts";
import { TlsThread } from "./tls-thread.ts";

const BACKLOG = 1024;
const ANSWER_WITHIN_MS = 5_000;
/** Interval at which the files are looked at. */
const WATCH_MS = 5_000;
/**
 * Clients have a thread of their own, so that nothing of ours waits behind a storm of them: neither an operator nor a venue. Where CPUs
 * are short, sessions and lanes go before it: beside a thread of nice 0 that is busy, one of nice 15 has 3 % of a CPU.
 */
const CLIENTS: Own = { thread: "tls handshakes", nice: 15 };
const OURS: Own = { thread: "tls API, venues", nice: 0 };
type Own = Pick<HandshakesData, "thread" | "nice">;
const NO_VENUES = { targets: [], dials: [] };
/** Servers of clients' connections. */
const OF_CLIENTS: readonly string[] = ["client", "dropCopy"] satisfies ServerName[];

interface Server {
  readonly name: ServerName;
  readonly listenFds: readonly number[];
  /** Of its lane; null: of the API. */
  readonly pipe: Pipe | null;
}

type VenueConfig = GatewayConfig["venues"][string];
type Pipe = ReturnType<typeof makePipe>;

/** A side, and which of its files are in use. */
interface Watched {
  readonly side: TlsSide;
  /** Of the files in use; null where the side has none. */
  certificate: CertificateView | null;
  /** As TlsSideView has it. */
  listsUntilMs: number | null;
  stamp: string;
  /** Why the files as they are now are not in use; "" where they are. */
  problem: string;
}

export interface TlsPartParts {
  readonly config: Pick<GatewayConfig, "client" | "dropCopy" | "admin" | "venues" | "core">;
  readonly laneCount: number;
  readonly ports: ListenPorts;
  /** Module URL of the process's entry. */
  readonly entry: string;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
  readonly failed: (error: Error) => void;
  /** A connection of the API was refused. */
  readonly refused: (peer: RefusedPeer) => void;
}

/** TLS of what listens: its sockets, its certificates, and the threads that do handshakes. Nothing where none is configured. */
export class TlsPart implements Part {
  readonly name = "TLS";
  private readonly servers: Server[] = [];
  private readonly dials: { readonly request: Pipe; readonly answer: Pipe }[] = [];
  private readonly targets: TargetData[] = [];
  private readonly firstTargets: Record<string, number> = {};
  private watched: Watched[] = [];
  private clients: TlsThread | null = null;
  /** Of the API and the venues; where neither has TLS, and clients have, theirs. */
  private ours: TlsThread | null = null;
  private endWatch: (() => void) | null = null;
  /** Waits until the thread knows the addresses of a venue that a reload has added. */
  private targetsKnown: () => void = () => {};
  private apiRenewed: () => void = () => {};

  constructor(private readonly parts: TlsPartParts) {}

  /** For the lanes, once it has started. */
  get lanes(): LanesTls {
    const servers = this.servers.flatMap(({ name, pipe, listenFds }) =>
      pipe === null ? [] : [[name, { pipeFd: pipe.readFd, listenFds }]],
    );
    return {
      ...(Object.fromEntries(servers) as Partial<LanesTls>),
      dials: this.dials.map(({ request, answer }) => ({ requestFd: request.writeFd, answerFd: answer.readFd })),
      targets: this.firstTargets,
    };
  }

  /** Throws an error of one line where OpenSSL, a file or an address can't be used. */
  async start(): Promise<void> {
    const { config, ports, tasks, log } = this.parts;
    const sides = sidesOf(config);
    if (sides.length === 0) return;
    log.info(`uses ${openSslVersion()}`);
    this.watched = sides.map(watchedOf);
    const contexts = new Map(sides.map((side) => [side.name, contextOf(side)]));
    const servers = serversOf(config).map(([name, tls]): ServerData => {
      const listenFds = tls.listen.map(({ host, port }) => listenTcp(host, port, BACKLOG));
      ports[`${name}Tls`] = listenFds.map(localPort);
      const pipe = name === "admin" ? null : makePipe();
      this.servers.push({ name, listenFds, pipe });
      const { handshakeTimeoutMs: timeoutMs, maxHandshakes, maxHandshakesPerAddress: mostPerAddress } = tls;
      const pipeFd = pipe?.writeFd ?? null;
      return { name, listenFds, pipeFd, timeoutMs, mostHandshakes: maxHandshakes, mostPerAddress };
    });
    this.addVenues();
    for (const one of this.watched) this.showCertificate(one);
    const dials = this.dials.map(({ request, answer }) => ({ requestFd: request.readFd, answerFd: answer.writeFd }));
    const venues = { targets: this.targets, dials };
    const open = async (own: Own, names: readonly string[], more: typeof venues): Promise<TlsThread> => {
      const { entry, failed } = this.parts;
      const thread = new TlsThread({ entry, failed, said: this.said });
      await thread.start({
        role: "tls",
        ...own,
        contexts: Object.fromEntries(names.map((name) => [name, contexts.get(name)!])),
        servers: servers.filter(({ name }) => names.includes(name)),
        ...more,
      });
      return thread;
    };
    const theirs = [...contexts.keys()].filter((name) => OF_CLIENTS.includes(name));
    const ours = [...contexts.keys()].filter((name) => !OF_CLIENTS.includes(name));
    if (ours.length > 0) this.ours = await open(OURS, ours, venues);
    if (theirs.length > 0) this.clients = await open(CLIENTS, theirs, ours.length > 0 ? NO_VENUES : venues);
    this.ours ??= this.clients;
    this.endWatch = tasks.every(WATCH_MS, () => this.look());
  }

  private addVenues(): void {
    const { config, laneCount } = this.parts;
    for (const [venue, settings] of Object.entries(config.venues)) {
      const targets = targetsOf(venue, settings);
      if (targets.length > 0) this.firstTargets[venue] = this.targets.length;
      this.targets.push(...targets);
    }
    if (this.targets.length === 0 && config.core.spareVenues === 0) return;
    for (let lane = 0; lane < laneCount; lane++) this.dials.push({ request: makePipe(), answer: makePipe() });
  }

  private readonly said = ({ targets, warning, refused }: FromHandshakes): void => {
    if (warning !== undefined) this.parts.log.warning(warning);
    if (refused !== undefined) this.parts.refused(refused);
    if (targets === this.targets.length) this.targetsKnown();
  };

  /** Why a venue can't be added while the gateway runs, because of its TLS; null: it can. */
  readonly venueProblem = (venue: string, settings: Pick<VenueConfig, "tls">): string | null => {
    const side = sideOfVenue(venue, settings);
    if (side === null) return null;
    if (this.dials.length === 0) return "it has TLS, and nothing else has: a start opens OpenSSL";
    try {
      freeContext(contextOf(side));
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  /** Opens the files of a venue that a reload adds. Resolves with the number of its first address; null: it has no TLS. */
  readonly openVenue = async (venue: string, settings: VenueConfig): Promise<number | null> => {
    const side = sideOfVenue(venue, settings);
    if (side === null) return null;
    const watched = watchedOf(side);
    const context = contextOf(side);
    const first = this.targets.length;
    const targets = targetsOf(venue, settings);
    this.targets.push(...targets);
    this.watched = [...this.watched.filter((one) => one.side.name !== side.name), watched];
    this.showCertificate(watched);
    const known = new Promise<boolean>((resolve) => {
      this.targetsKnown = () => resolve(true);
    });
    this.ours?.send({ context: { name: side.name, context }, targets });
    if (await Promise.race([known, Bun.sleep(ANSWER_WITHIN_MS).then(() => false)])) return first;
    throw new Error(`${side.where}: its thread has not answered in ${ANSWER_WITHIN_MS} ms`);
  };

  /** Takes the files anew, also where they look as before. Returns  why some can't be used, and the ones before stay; null: all are in use. */
  readonly renew = (): string | null => {
    for (const one of this.watched) this.take(one);
    return this.watched.find(({ problem }) => problem !== "")?.problem ?? null;
  };

  /** Takes connections of the API from now on, to the unix socket `path`. `renewed` is called each time its files have changed. */
  readonly openApi = (path: string, renewed: () => void): void => {
    this.apiRenewed = renewed;
    this.ours?.send({ api: path });
  };

  /** Every side, for metrics and alarms. */
  readonly view = (): readonly TlsSideView[] =>
    this.watched.map(({ side, certificate, listsUntilMs, problem }) => ({
      side: side.where,
      subject: certificate?.subject ?? "",
      untilMs: certificate?.until.getTime() ?? null,
      listsUntilMs,
      problem,
    }));

  private look(): void {
    for (const one of this.watched) if (stampOf(one.side) !== one.stamp) this.take(one);
  }

  private take(watched: Watched): void {
    const { side } = watched;
    // Before they are read: a change meanwhile is another one.
    const stamp = stampOf(side);
    const isOther = stamp !== watched.stamp;
    watched.stamp = stamp;
    let context: number;
    try {
      context = contextOf(side);
    } catch (error) {
      watched.problem = (error as Error).message;
      this.parts.log.error(`${watched.problem}; handshakes use the previous files`);
      return;
    }
    watched.problem = "";
    const thread = OF_CLIENTS.includes(side.name) ? this.clients : this.ours;
    thread?.send({ context: { name: side.name, context } });
    this.showCertificate(watched);
    if (isOther && side.name === "admin") this.apiRenewed();
  }

  private showCertificate(watched: Watched): void {
    const { side } = watched;
    const certificate = certificateOf(side);
    watched.certificate = certificate;
    watched.listsUntilMs = listsEndOf(side);
    if (certificate === null) return;
    const { subject, issuer, until, sha256 } = certificate;
    this.parts.log.info(
      `${side.where}: certificate ${subject} of ${issuer}, until ${until.toISOString().slice(0, 19)}Z, SHA-256 ${sha256}`,
    );
  }

  async stop(): Promise<void> {
    this.endWatch?.();
    await Promise.all([...new Set([this.clients, this.ours])].map((thread) => thread?.stop()));
    for (const { listenFds, pipe } of this.servers) {
      for (const fd of listenFds) closeSocket(fd);
      if (pipe !== null) closeFd(pipe.writeFd);
    }
    for (const { request, answer } of this.dials)
      for (const fd of [request.readFd, request.writeFd, answer.readFd, answer.writeFd]) closeFd(fd);
  }
}

function watchedOf(side: TlsSide): Watched {
  return { side, certificate: null, listsUntilMs: null, stamp: stampOf(side), problem: "" };
}

/** Addresses of a venue; none where it has no TLS. */
function targetsOf(venue: string, settings: VenueConfig): TargetData[] {
  const name = sideOfVenue(venue, settings)?.name;
  if (name === undefined) return [];
  const { serverName = "", pins = [] } = settings.tls!;
  return settings.address.map(({ host, port }) => ({ name, host, port, serverName, pins: pins.map(fingerprint) }));
}

/** As certificates have it: upper case with colons. */
function fingerprint(text: string): string {
  return text.toUpperCase().replaceAll(":", "").match(/../g)!.join(":");
}
