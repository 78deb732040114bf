import { EAGAIN, EINTR, EINVAL, EMFILE, ENFILE } from "../../ffi/errno.ts";
import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { Poller, Wakeup } from "../../ffi/poller.ts";
import { acceptTcp, closeSocket, endSending, peekReceived, readPeer, receive, setNoDelay } from "../../ffi/socket.ts";
import {
  beginServer,
  freeContext,
  freeSession,
  HANDSHAKE_DONE,
  HANDSHAKE_FAILED,
  HANDSHAKE_WRITES,
  handshake,
  handshakeProblem,
  peerCertificate,
} from "../../ffi/tls.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import { IDENTITIES } from "../net/tls-channel.ts";
import { Dials } from "./dials.ts";
import { HandedWriter } from "./handed-writer.ts";
import { type CertificateView, readCertificate, wordsOf } from "./identities.ts";
import { Relays } from "./relays.ts";
import { Shares, shareOf } from "./shares.ts";
import type { HandshakesData, RefusedPeer, ServerData, ToHandshakes } from "./words.ts";

const WAKEUP = -1;
const ACCEPTS_AT_ONCE = 16;
/** Wait without any handshake, and with some: their time is looked at this often. */
const IDLE_MS = 1_000;
const BUSY_MS = 50;
/** Pause after the process has run out of descriptors. */
const PAUSE_MS = 100;
/** After this long without a pause, the next one is told again. */
const CALM_MS = 10_000;
/**
 * Where all handshakes at once are under way, one whose peer has been silent for this share of the longest time gives its place to a newer
 * one. Until then the newer one waits: that costs it less than an end would cost the other.
 */
const SILENT_SHARE = 1 / 4;
/** Bytes of a peer end its silence so often: one that sends them singly is silent after that. */
const MOST_RENEWALS = 8;
/** Bytes that tell TLS, FIX and HTTP apart. */
const FIRST_BYTES = 5;
const TLS_HANDSHAKE = 0x16;
/** Bytes of a refused connection that are read, so that its close is no reset which outruns the alert. */
const DRAIN_BYTES = 4_096;
const DRAINS = 16;
/** Most certificates that are remembered as logged. */
const MOST_NAMED = 1_024;

interface Server extends ServerData {
  readonly shares: Shares;
  /** Its handshakes under way, and its connections that the lane has no room for yet. */
  open: number;
  /** Its listeners are watched. */
  listens: boolean;
  /** An accepted connection that waits for a place; its listeners are not watched meanwhile. */
  next: Handshake | null;
  /** When one last had to wait. */
  fullMs: number;
}

interface Handshake {
  readonly server: Server;
  readonly fd: number;
  readonly peer: Int32Array;
  readonly share: string;
  dueMs: number;
  /** Since when its peer is awaited, and how often it was heard since the beginning. */
  silentMs: number;
  renewals: number;
  /** 0: its first bytes are awaited. */
  session: number;
  watchesOutput: boolean;
  /** What its lane, or the API, is to know; null while the handshake runs. */
  result: Result | null;
}

interface Result {
  readonly reason: DisconnectReason;
  /** Of a handshake that is done: the subject of the certificate; "" without one. */
  readonly text: string;
  readonly identities: readonly string[];
}

/** What it says to the main thread. */
export interface Says {
  /** Called once when descriptors run out, and again once they have been there. */
  warn(text: string): void;
  /** A connection of the API. */
  refuse(peer: RefusedPeer): void;
}

/** Runs the handshakes of all listeners beside the lanes. Its thread calls `turn` repeatedly. */
export class Handshakes {
  readonly wakeup = new Wakeup();
  private readonly poller = new Poller();
  private readonly servers: Server[];
  private readonly listeners = new Map<number, Server>();
  private readonly handshakes = new Map<number, Handshake>();
  /** Ended handshakes whose lane has no room for them yet. */
  private waiting: Handshake[] = [];
  private readonly writer = new HandedWriter();
  private readonly scratch = new ArrayBuffer(SCRATCH_BYTES);
  private readonly bytes = new Uint8Array(this.scratch);
  private readonly address = addressOf(this.scratch);
  private pausedUntilMs = 0;
  /** When descriptors were last short. */
  private shortMs = Number.NEGATIVE_INFINITY;

  private readonly contexts: Map<string, number>;
  private readonly dials: Dials;
  private readonly relays = new Relays(this.poller);
  /** Fingerprints of certificates with more names than lanes compare. */
  private readonly named = new Set<string>();

  constructor(
    data: Omit<HandshakesData, "role" | "thread" | "nice">,
    private readonly says: Says,
  ) {
    const { servers, contexts } = data;
    this.contexts = new Map(Object.entries(contexts));
    this.dials = new Dials(this.poller, data, (name) => this.contexts.get(name)!);
    this.servers = servers.map((data) => ({
      ...data,
      shares: new Shares(data.mostPerAddress),
      open: 0,
      listens: false,
      next: null,
      fullMs: Number.NEGATIVE_INFINITY,
    }));
    this.poller.add(this.wakeup.fd, WAKEUP, false);
    for (const server of this.servers) {
      for (const fd of server.listenFds) this.listeners.set(fd, server);
      this.listen(server, this.mayListen(server));
    }
  }

  /** Takes a new context for handshakes that begin from now on; another venue; or the place of the API's server. */
  take({ context, targets, api }: ToHandshakes): void {
    if (api !== undefined) this.relays.open(api);
    if (targets !== undefined) this.dials.add(targets);
    if (context === undefined) return;
    const former = this.contexts.get(context.name);
    if (former !== undefined) freeContext(former);
    this.contexts.set(context.name, context.context);
  }

  /** Addresses of venues. */
  get targetCount(): number {
    return this.dials.targetCount;
  }

  /** Waits for something to do, and does it. */
  turn(): void {
    const isBusy = this.handshakes.size > 0 || this.dials.isBusy || this.waiting.length > 0 || this.pausedUntilMs > 0;
    const count = this.poller.wait(this.relays.isBusy ? 0 : isBusy ? BUSY_MS : IDLE_MS);
    this.relays.turn();
    for (let i = 0; i < count; i++) {
      const token = this.poller.token(i);
      if (token === WAKEUP) this.wakeup.drain();
      else if (this.listeners.has(token)) this.accept(token, this.listeners.get(token)!);
      else if (this.dials.take(token) || this.relays.take(token, this.poller.failed(i))) continue;
      else if (this.handshakes.has(token)) this.step(this.handshakes.get(token)!);
    }
    const nowMs = performance.now();
    for (const one of this.handshakes.values()) if (nowMs >= one.dueMs) this.expire(one);
    this.dials.expire(nowMs);
    const waiting = this.waiting;
    this.waiting = [];
    for (const one of waiting) this.hand(one);
    this.relays.settle();
    if (this.pausedUntilMs > 0 && nowMs < this.pausedUntilMs) return;
    this.pausedUntilMs = 0;
    for (const server of this.servers) {
      if (server.next !== null) this.admit(server.next);
      this.listen(server, this.mayListen(server));
    }
  }

  private mayListen({ pipeFd, next }: Server): boolean {
    return next === null && (pipeFd !== null || this.relays.isOpen);
  }

  /** The handshake whose place one of `share` takes: of the shares with most, the first whose peer has been silent; null: none has. */
  private crowdedOut(server: Server, share: string): Handshake | null {
    const silentSinceMs = performance.now() - SILENT_SHARE * server.timeoutMs;
    const own = server.shares.countOf(share);
    let found: Handshake | null = null;
    let most = 0;
    // The oldest come first.
    for (const one of this.handshakes.values()) {
      if (one.server !== server || one.silentMs > silentSinceMs) continue;
      const count = server.shares.countOf(one.share);
      if (count < own) continue;
      // Bytes that wait here show that this thread is late, not the peer.
      if (count <= most || peekReceived(one.fd, this.address, 1) !== -EAGAIN) continue;
      most = count;
      found = one;
    }
    return found;
  }

  private crowdOut(one: Handshake): void {
    const { server, share, session, silentMs } = one;
    const what = session === 0 ? "no byte came" : "nothing more came";
    const text = `${what} in ${Math.round(performance.now() - silentMs)} ms, ${server.shares.countOf(share)} of its address were under way`;
    this.end(one, DisconnectReason.HANDSHAKE_CROWDED, text);
  }

  /** Ends what is under way. */
  close(): void {
    const next = this.servers.flatMap((server) => server.next ?? []);
    for (const one of [...this.handshakes.values(), ...this.waiting, ...next]) {
      if (one.session !== 0) freeSession(one.session);
      closeSocket(one.fd);
    }
    this.dials.close();
    this.relays.close();
    for (const context of this.contexts.values()) freeContext(context);
    this.poller.close();
    this.wakeup.close();
  }

  /** Connections that are not accepted wait in the kernel's queue. */
  private listen(server: Server, on: boolean): void {
    if (server.listens === on) return;
    server.listens = on;
    for (const fd of server.listenFds) {
      if (on) this.poller.add(fd, fd, false);
      else this.poller.remove(fd);
    }
  }

  private accept(listenFd: number, server: Server): void {
    for (let i = 0; i < ACCEPTS_AT_ONCE && server.next === null; i++) {
      const fd = acceptTcp(listenFd);
      if (fd < 0) {
        if (fd === -EMFILE || fd === -ENFILE) this.pause();
        // A listener that was closed gives nothing any more.
        else if (fd === -EINVAL) this.poller.remove(listenFd);
        return;
      }
      const peer = new Int32Array(5);
      readPeer(fd, peer);
      const state = { dueMs: 0, silentMs: 0, renewals: 0, session: 0, watchesOutput: false, result: null };
      this.admit({ server, fd, peer, share: shareOf(peer), ...state });
    }
    if (server.next !== null) this.listen(server, false);
  }

  /** Gives a connection its place, or has it wait for one. */
  private admit(one: Handshake): void {
    const { server, share, fd } = one;
    if (server.open >= server.mostHandshakes) {
      // A lane that takes none at the moment has to say of those that ended, too.
      if (this.waiting.length > 0) return this.await(one);
      const crowdedOut = server.shares.isFull(share) ? null : this.crowdedOut(server, share);
      if (crowdedOut !== null) this.crowdOut(crowdedOut);
      else if (!server.shares.isFull(share)) return this.await(one);
    }
    server.next = null;
    server.open++;
    one.silentMs = performance.now();
    one.dueMs = one.silentMs + server.timeoutMs;
    if (!server.shares.take(share))
      return this.end(one, DisconnectReason.HANDSHAKE_SHARE, `${server.mostPerAddress} are under way`, false);
    setNoDelay(fd);
    this.handshakes.set(fd, one);
    this.poller.add(fd, fd, false);
    this.step(one);
  }

  private await(one: Handshake): void {
    const { server } = one;
    if (server.next === one) return;
    server.next = one;
    const nowMs = performance.now();
    if (nowMs - server.fullMs > CALM_MS)
      this.says.warn(
        `${server.mostHandshakes} handshakes are under way (${server.name}.tls.maxHandshakes): further connections wait`,
      );
    server.fullMs = nowMs;
  }

  /** Out of descriptors: connections wait in the kernel's queue. */
  private pause(): void {
    const nowMs = performance.now();
    if (nowMs - this.shortMs > CALM_MS)
      this.says.warn(
        "no descriptor is left (EMFILE or ENFILE): new TLS connections wait, sessions continue. Raise LimitNOFILE",
      );
    this.shortMs = nowMs;
    this.pausedUntilMs = performance.now() + PAUSE_MS;
    for (const server of this.servers) this.listen(server, false);
  }

  private step(one: Handshake): void {
    if (one.session === 0 && !this.begin(one)) return;
    const state = handshake(one.session);
    if (one.renewals++ < MOST_RENEWALS) one.silentMs = performance.now();
    if (state === HANDSHAKE_DONE) return this.done(one);
    if (state === HANDSHAKE_FAILED) return this.end(one, DisconnectReason.HANDSHAKE, handshakeProblem(one.session));
    const writes = state === HANDSHAKE_WRITES;
    if (writes === one.watchesOutput) return;
    one.watchesOutput = writes;
    this.poller.watch(one.fd, one.fd, writes, !writes);
  }

  /** Looks at the first bytes. Returns  true once they are a TLS hello. */
  private begin(one: Handshake): boolean {
    const count = peekReceived(one.fd, this.address, FIRST_BYTES);
    if (count === -EAGAIN || count === -EINTR) return false;
    if (count <= 0) {
      this.end(one, DisconnectReason.HANDSHAKE, "the peer ended the connection before it sent a byte");
      return false;
    }
    const isOfApi = one.server.pipeFd === null;
    const reason = this.reasonOf(count, isOfApi);
    if (reason !== DisconnectReason.NONE) {
      this.end(one, reason, isOfApi ? "this address takes HTTPS" : "");
      return false;
    }
    one.session = beginServer(this.contexts.get(one.server.name)!, one.fd);
    if (one.session !== 0) return true;
    this.end(one, DisconnectReason.HANDSHAKE, "no memory");
    return false;
  }

  private reasonOf(count: number, isOfApi: boolean): DisconnectReason {
    if (this.bytes[0] === TLS_HANDSHAKE) return DisconnectReason.NONE;
    if (isOfApi) return DisconnectReason.NOT_TLS;
    const text = String.fromCharCode(...this.bytes.subarray(0, count));
    if ("8=FIX".startsWith(text)) return DisconnectReason.PLAIN_ON_TLS;
    return /^(GET|POST|PUT|HEAD) /.test(text) ? DisconnectReason.HTTP : DisconnectReason.NOT_TLS;
  }

  private done(one: Handshake): void {
    const der = peerCertificate(one.session);
    let identities: readonly string[] = [];
    let text = "";
    if (der !== null) {
      try {
        const of = readCertificate(der);
        identities = of.identities;
        text = of.subject;
        if (one.server.pipeFd !== null && identities.length > IDENTITIES) this.warnOfNames(of);
      } catch (error) {
        // OpenSSL has verified it; without identities it fits no session that needs one.
        text = (error as Error).message;
      }
    }
    one.result = { reason: DisconnectReason.NONE, text, identities };
    this.leave(one);
    this.hand(one);
  }

  /** Once for each certificate. */
  private warnOfNames({ subject, identities, sha256 }: CertificateView): void {
    if (this.named.has(sha256)) return;
    if (this.named.size === MOST_NAMED) this.named.clear();
    this.named.add(sha256);
    const first = `sessions are found by the first ${IDENTITIES}, up to ${identities[IDENTITIES - 1]}`;
    this.says.warn(`the certificate of ${subject} has ${identities.length} names: ${first}`);
  }

  private expire(one: Handshake): void {
    const from = one.session === 0 ? "no byte came" : "it began";
    this.end(one, DisconnectReason.HANDSHAKE_TIME, `${from} in ${one.server.timeoutMs} ms`);
  }

  /** Ends a connection without a handshake, and has its lane say why. */
  private end(one: Handshake, reason: DisconnectReason, text: string, isListed = true): void {
    if (isListed) this.leave(one);
    if (one.session !== 0) freeSession(one.session);
    endSending(one.fd);
    for (let i = 0; i < DRAINS && receive(one.fd, this.address, DRAIN_BYTES) > 0; i++);
    closeSocket(one.fd);
    one.session = 0;
    one.result = { reason, text, identities: [] };
    this.hand(one);
  }

  private leave(one: Handshake): void {
    this.handshakes.delete(one.fd);
    this.poller.remove(one.fd);
    one.server.shares.give(one.share);
  }

  private hand(one: Handshake): void {
    const { reason, text, identities } = one.result!;
    if (one.server.pipeFd === null) return this.toApi(one, one.result!);
    const handed = { session: one.session, fd: one.fd, reason, peer: one.peer, identities: wordsOf(identities), text };
    const written = this.writer.write(one.server.pipeFd, handed);
    if (written === -EAGAIN || written === -EINTR) {
      this.waiting.push(one);
      return;
    }
    one.server.open--;
    if (written >= 0 || one.session === 0) return;
    // The lane has stopped.
    freeSession(one.session);
    closeSocket(one.fd);
  }

  private toApi({ server, session, fd, peer }: Handshake, { reason, text, identities }: Result): void {
    server.open--;
    if (reason !== DisconnectReason.NONE) return this.says.refuse({ reason, text, peer });
    const line = JSON.stringify({ peer: [...peer], subject: text, identities });
    const problem = this.relays.begin(session, fd, line);
    if (problem === null) return;
    freeSession(session);
    closeSocket(fd);
    this.says.refuse({ reason: DisconnectReason.HANDSHAKE, text: problem, peer });
  }
}
