// The demo's trading lane: FIX clients over real loopback TCP, in a worker of their own.

import { parentPort, workerData } from "node:worker_threads";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { parseAddress } from "../../ffi/socket.ts";
import { setThreadName } from "../../ffi/thread.ts";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { Views } from "../../src/base/views.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import { MessageBuffer } from "../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { FIX44 } from "../../src/fix/wire/version.ts";
import { Dialer } from "../../src/net/dialer.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { Link, type LinkHandler } from "../../src/session/link.ts";
import { APPLICATION, type SessionHost, type Verdict } from "../../src/session/protocol.ts";
import { Latency } from "../../src/telemetry/latency.ts";
import { Venue } from "../../src/venue/venue.ts";
import { TradingSession } from "./trading-session.ts";
import {
  ENDED,
  LATENCY_AT,
  LOST,
  REJECTS,
  REPORTS,
  REQUESTS,
  STATE_WORD,
  STOP_WORD,
  TRADING,
  type TraderData,
} from "./trading-words.ts";

const MESSAGE_BYTES = 9216;
const STREAM_BYTES = 1 << 20;
const GRACE_NS = 2e9;
const LOGOUT_NS = 2e9;
const PROBE_EVERY_NS = 50e6;
const IDLE_TURNS = 32;

const RECONNECTS = { reconnectMinMs: 50, reconnectMaxMs: 1000, unknownGroups: "reject", fields: { drop: [] } } as const;

class Trader implements LinkHandler<FixSession> {
  private readonly time = new LaneTime();
  private readonly reactor: Reactor;
  private readonly scan = new Scanner(8192);
  private readonly sessions: TradingSession[] = [];
  private readonly ways: Venue[] = [];
  private readonly ints: Int32Array;
  private readonly counts: Float64Array;
  private trading = false;
  private probeAtNs = 0;

  constructor(private readonly data: TraderData) {
    const views = new Views(data.shared);
    this.ints = views.ints;
    this.counts = views.doubles;
    this.reactor = new Reactor(data.sessions.length + 1, false);
    const latency = new Latency(views, LATENCY_AT);
    const buffer = new MessageBuffer(MESSAGE_BYTES);
    data.sessions.forEach((name, id) => {
      const profile = {
        version: FIX44,
        compId: name,
        peerCompId: data.gateway,
        initiator: true,
        heartBtIntS: 30,
        resetOnLogon: false,
        logonTimeoutMs: 5000,
      };
      const protocol = (host: SessionHost) => new FixSession(profile, host, this.time, this.scan, buffer);
      const link = new Link(id, name, protocol, this, null, this.time, MESSAGE_BYTES);
      const stream = new Stream(this.reactor, STREAM_BYTES, STREAM_BYTES);
      this.ways.push(new Venue(link, [new Dialer(stream, parseAddress("127.0.0.1", data.port))], RECONNECTS));
      this.sessions.push(new TradingSession(link, data, latency, this.counts));
    });
  }

  /** Trades until stopped, waits for the last answers, logs out. */
  run(): void {
    setThreadName("trader");
    let stopAtNs = 0;
    let logoutAtNs = 0;
    let idle = 0;
    for (;;) {
      const nowNs = this.turn();
      const work = this.poll(nowNs, stopAtNs === 0);
      idle = work > 0 ? 0 : idle + 1;
      if (idle > IDLE_TURNS) this.reactor.wait(5);
      if (stopAtNs === 0 && Atomics.load(this.ints, STOP_WORD) === 1) stopAtNs = nowNs;
      if (stopAtNs > 0 && logoutAtNs === 0 && (this.waiting() === 0 || nowNs - stopAtNs > GRACE_NS)) {
        this.counts[LOST] = this.waiting();
        for (const { link } of this.sessions) link.logout(DisconnectReason.STOPPING);
        logoutAtNs = nowNs;
      }
      if (logoutAtNs > 0 && (this.away() || nowNs - logoutAtNs > LOGOUT_NS)) break;
    }
    this.reactor.close();
    Atomics.store(this.ints, STATE_WORD, ENDED);
  }

  ready(): boolean {
    return true;
  }

  application(link: Link<FixSession>, verdict: Verdict): void {
    const scan = this.scan;
    if (verdict.kind !== APPLICATION) return;
    if (scan.msgType === tag.EXECUTION_REPORT || scan.msgType === tag.ORDER_CANCEL_REJECT)
      this.sessions[link.id]!.report(scan);
  }

  loggedOn(link: Link<FixSession>): void {
    this.ways[link.id]!.succeeded();
  }

  closed(link: Link<FixSession>, _reason: number, _stream: Stream): void {
    this.ways[link.id]!.failed(this.time.nowNs);
  }

  stale(): void {
    // Nothing is sent again here.
  }

  staleJournalled(): boolean {
    return true;
  }

  private turn(): number {
    const nowNs = monotonicNs();
    this.time.nowNs = nowNs;
    this.time.wallUs = wallUs();
    this.reactor.wait(0);
    return nowNs;
  }

  private poll(nowNs: number, sends: boolean): number {
    let work = 0;
    for (let i = 0; i < this.sessions.length; i++) {
      const { link } = this.sessions[i]!;
      if (link.stream === null) {
        if (sends) work += this.ways[i]!.connect(nowNs);
        continue;
      }
      work += link.pollIn(false);
      if (sends && link.active) work += this.send(i, nowNs);
      if (link.stream !== null) work += link.pollOut();
      link.tick();
    }
    return work;
  }

  private send(index: number, nowNs: number): number {
    const session = this.sessions[index]!;
    if (!this.trading) return index === 0 ? this.probe(session, nowNs) : 0;
    let count = 0;
    for (; session.inFlight < this.data.window; count++) session.send(this.time.wallUs);
    return count;
  }

  /** Until the gateway has logged on to the exchange, it refuses every order; none of this is counted. */
  private probe(session: TradingSession, nowNs: number): number {
    if (session.answered && this.sessions.every(({ link }) => link.active)) {
      this.trading = true;
      for (const count of [REQUESTS, REPORTS, REJECTS]) this.counts[count] = 0;
      this.counts[REQUESTS] = session.inFlight;
      Atomics.store(this.ints, STATE_WORD, TRADING);
      return 1;
    }
    if (session.inFlight > 0 || nowNs < this.probeAtNs) return 0;
    this.probeAtNs = nowNs + PROBE_EVERY_NS;
    session.probe(this.time.wallUs);
    return 1;
  }

  private waiting(): number {
    return this.sessions.reduce((sum, session) => sum + session.inFlight, 0);
  }

  private away(): boolean {
    return this.sessions.every(({ link }) => link.stream === null);
  }
}

try {
  new Trader(workerData as TraderData).run();
} catch (error) {
  parentPort!.postMessage({ failed: (error as Error).message });
}
