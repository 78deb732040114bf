import { EAGAIN, EINPROGRESS, EINTR } from "../../ffi/errno.ts";
import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { readPipe } from "../../ffi/pipe.ts";
import type { Poller } from "../../ffi/poller.ts";
import { closeSocket, connectResult, connectTo, parseAddress, type SocketAddress } from "../../ffi/socket.ts";
import {
  beginClient,
  freeSession,
  HANDSHAKE_DONE,
  HANDSHAKE_FAILED,
  HANDSHAKE_WRITES,
  handshake,
  handshakeProblem,
  peerCertificate,
} from "../../ffi/tls.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import { ASKED_BYTES } from "../net/handed.ts";
import { HandedWriter } from "./handed-writer.ts";
import { fingerprintOf } from "./identities.ts";
import type { DialFds, HandshakesData, TargetData } from "./words.ts";

/** A lane gives up after 5 seconds. */
const MOST_MS = 4_800;
const NO_IDENTITIES: Int32Array = new Int32Array(0);

interface Target extends TargetData {
  readonly address: SocketAddress;
}

interface Dial {
  readonly target: Target;
  readonly number: number;
  readonly ticket: number;
  readonly lane: DialFds;
  readonly fd: number;
  readonly dueMs: number;
  /** 0: TCP is not connected yet. */
  session: number;
  watchesOutput: boolean;
}

/** Connects to venues for the lanes, with the handshakes. */
export class Dials {
  private readonly targets: Target[] = [];
  private readonly lanes = new Map<number, DialFds>();
  private readonly dials = new Map<number, Dial>();
  private readonly writer = new HandedWriter();
  private readonly scratch = new ArrayBuffer(SCRATCH_BYTES);
  private readonly ints = new Int32Array(this.scratch);
  private readonly address = addressOf(this.scratch);

  constructor(
    private readonly poller: Poller,
    { targets, dials }: Pick<HandshakesData, "targets" | "dials">,
    private readonly contextOf: (name: string) => number,
  ) {
    this.add(targets);
    for (const lane of dials) {
      this.lanes.set(lane.requestFd, lane);
      poller.add(lane.requestFd, lane.requestFd, false);
    }
  }

  get targetCount(): number {
    return this.targets.length;
  }

  add(targets: readonly TargetData[]): void {
    for (const target of targets) this.targets.push({ ...target, address: parseAddress(target.host, target.port) });
  }

  get isBusy(): boolean {
    return this.dials.size > 0;
  }

  /** Goes on with what an event is for. Returns  false where it is not for a venue. */
  take(fd: number): boolean {
    const lane = this.lanes.get(fd);
    const dial = this.dials.get(fd);
    if (lane !== undefined) this.asked(lane);
    else if (dial !== undefined) this.step(dial);
    return lane !== undefined || dial !== undefined;
  }

  expire(nowMs: number): void {
    for (const dial of this.dials.values())
      if (nowMs >= dial.dueMs)
        this.fail(dial, DisconnectReason.HANDSHAKE_TIME, `TLS handshake not done in ${MOST_MS} ms`);
  }

  close(): void {
    for (const { session, fd } of this.dials.values()) {
      if (session !== 0) freeSession(session);
      closeSocket(fd);
    }
  }

  private asked(lane: DialFds): void {
    while (readPipe(lane.requestFd, this.address, ASKED_BYTES) === ASKED_BYTES) {
      const number = this.ints[0]!;
      const ticket = this.ints[1]!;
      const target = this.targets[number]!;
      const fd = connectTo(target.address);
      const dueMs = performance.now() + MOST_MS;
      const dial: Dial = { target, number, ticket, lane, fd, dueMs, session: 0, watchesOutput: true };
      if (fd < 0) {
        this.hand(dial, fd, "");
        continue;
      }
      this.dials.set(fd, dial);
      this.poller.add(fd, fd, true);
    }
  }

  private step(dial: Dial): void {
    if (dial.session === 0 && !this.begin(dial)) return;
    const state = handshake(dial.session);
    if (state === HANDSHAKE_FAILED)
      return this.fail(dial, DisconnectReason.HANDSHAKE, `TLS handshake failed: ${handshakeProblem(dial.session)}`);
    if (state === HANDSHAKE_DONE) return this.done(dial);
    const writes = state === HANDSHAKE_WRITES;
    if (writes === dial.watchesOutput) return;
    dial.watchesOutput = writes;
    this.poller.watch(dial.fd, dial.fd, writes, !writes);
  }

  private begin(dial: Dial): boolean {
    const result = connectResult(dial.fd);
    if (result === -EINPROGRESS || result === -EAGAIN || result === -EINTR) return false;
    if (result < 0) {
      this.fail(dial, result, "");
      return false;
    }
    const { name, host, serverName } = dial.target;
    const isAddress = serverName === "";
    dial.session = beginClient(this.contextOf(name), dial.fd, isAddress ? host : serverName, isAddress);
    if (dial.session !== 0) return true;
    this.fail(dial, DisconnectReason.HANDSHAKE, "no memory, or its name can't be checked");
    return false;
  }

  private done(dial: Dial): void {
    const { pins } = dial.target;
    const der = peerCertificate(dial.session);
    const sha256 = pins.length === 0 || der === null ? "" : fingerprintOf(der);
    if (pins.length > 0 && !pins.includes(sha256))
      return this.fail(dial, DisconnectReason.HANDSHAKE, `its certificate is none of pins, it has SHA-256 ${sha256}`);
    this.leave(dial);
    if (this.hand(dial, DisconnectReason.NONE, "")) return;
    freeSession(dial.session);
    closeSocket(dial.fd);
  }

  private fail(dial: Dial, reason: number, text: string): void {
    this.leave(dial);
    if (dial.session !== 0) freeSession(dial.session);
    closeSocket(dial.fd);
    this.hand(dial, reason, text);
  }

  private leave(dial: Dial): void {
    this.dials.delete(dial.fd);
    this.poller.remove(dial.fd);
  }

  /** Returns  false where the lane has stopped, or is far behind: it gives up by itself. */
  private hand({ session, fd, number, ticket, lane }: Dial, reason: number, text: string): boolean {
    const peer = Int32Array.of(number, 0, 0, 0, 0);
    return this.writer.write(lane.answerFd, { session, fd, reason, peer, identities: NO_IDENTITIES, text, ticket }) > 0;
  }
}
