// The demo's trading lane: the clients and the exchange, over real loopback TCP, in one worker so that one clock times both.

import { parentPort, workerData } from "node:worker_threads";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { parseAddress } from "../../ffi/socket.ts";
import { setThreadName } from "../../ffi/thread.ts";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { Views } from "../../src/base/views.ts";
import type { ExchangeAgent } from "../../src/exchange/agent.ts";
import { buildExchange } from "../../src/exchange/build.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import { MessageBuffer } from "../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { FIX44 } from "../../src/fix/wire/version.ts";
import { Dialer } from "../../src/net/dialer.ts";
import { Listener } from "../../src/net/listener.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { Link } from "../../src/session/link.ts";
import type { LinkHandler } from "../../src/session/link-handler.ts";
import { APPLICATION, type SessionHost, type Verdict } from "../../src/session/protocol.ts";
import { Venue } from "../../src/venue/venue.ts";
import { Arrivals } from "./arrivals.ts";
import { PhaseCounters, TradingSession } from "./trading-session.ts";
import {
  CLOSE_WORD,
  ENDED,
  LOST,
  NO_MORE,
  PACED,
  PACED_PER_SECOND,
  PHASE_WORD,
  PORT_WORD,
  STATE_WORD,
  TRADING,
  type TraderData,
  type TraderMessage,
  WANTED_WORD,
  WARM_BURST,
  WARM_PACED,
} from "./trading-words.ts";

const MESSAGE_BYTES = 9216;
const STREAM_BYTES = 1 << 20;
/** Without a pool an output has twice this: the reports of all requests that one turn reads. */
const EXCHANGE_BYTES = STREAM_BYTES / 2;
const GRACE_NS = 2e9;
const LOGOUT_NS = 2e9;
const PROBE_EVERY_NS = 50e6;
const IDLE_TURNS = 32;
const LOST_EVERY_NS = 200e6;
const PACE_NS = 1e9 / PACED_PER_SECOND;
/** Requests that are later than this, because nobody was logged on, are not made up for. */
const MOST_BEHIND_NS = 1e9;
const EXCHANGE_ORDERS = 65_536;
/** The gateway's session, and connections to the exchange that are not logged on. */
const EXCHANGE_CONNECTIONS = 1 + 8;

const RECONNECTS = {
  reconnectMinMs: 50,
  reconnectMaxMs: 1000,
  refusedMaxMs: 1000,
  unknownGroups: "reject",
  fields: { drop: [] },
} as const;

class Trader implements LinkHandler<Link<FixSession>> {
  private readonly time = new LaneTime();
  private readonly reactor: Reactor;
  private readonly scan = new Scanner(8192);
  private readonly sessions: TradingSession[] = [];
  private readonly ways: Venue[] = [];
  private readonly ints: Int32Array;
  private readonly figures: PhaseCounters;
  private readonly arrivals = new Arrivals();
  private readonly exchange: ExchangeAgent;
  private readonly listener: Listener;
  private trading = false;
  private probeAtNs = 0;
  private phase = WARM_BURST;
  /** When the next paced request is due, and whose it is. */
  private dueNs = 0;
  private turnOf = 0;
  private lostAtNs = 0;

  constructor(private readonly data: TraderData) {
    const views = new Views(data.shared);
    this.ints = views.ints;
    this.figures = new PhaseCounters(views);
    this.reactor = new Reactor(data.sessions.length + EXCHANGE_CONNECTIONS + 1, false);
    this.listener = new Listener(this.reactor, "127.0.0.1", 0);
    this.exchange = buildExchange({
      exchange: {
        compId: data.exchange,
        sessions: [data.gateway],
        versions: { [data.gateway]: "FIX.4.4" },
        maxOrders: EXCHANGE_ORDERS,
      },
      listen: () => [this.listener],
      reactor: this.reactor,
      scan: this.scan,
      time: this.time,
      birth: Math.floor(Date.now() / 1000),
      messageBytes: EXCHANGE_BYTES,
    });
    this.arrivals.watch(this.exchange, this.scan);
  }

  /** Lets the gateway in, trades with it until stopped, waits for the last answers, logs out; then serves it until it is closed. */
  run(): void {
    setThreadName("trader");
    this.exchange.open(this.turn());
    post({ exchangePort: this.listener.port });
    while (Atomics.load(this.ints, PORT_WORD) === 0 && !this.closing()) this.serve();
    this.openSessions(Atomics.load(this.ints, PORT_WORD));
    this.trade();
    Atomics.store(this.ints, STATE_WORD, ENDED);
    while (!this.closing()) this.serve();
    this.exchange.close();
    this.reactor.close();
  }

  /** A turn of the exchange alone. */
  private serve(): void {
    if (this.exchange.poll(this.turn()) === 0) this.reactor.wait(5);
  }

  private closing(): boolean {
    return Atomics.load(this.ints, CLOSE_WORD) === 1;
  }

  private openSessions(port: number): void {
    const buffer = new MessageBuffer(MESSAGE_BYTES);
    this.data.sessions.forEach((name, id) => {
      const profile = {
        version: FIX44,
        compId: name,
        peerCompId: this.data.gateway,
        initiator: true,
        heartBtIntS: 30,
        resetOnLogon: false,
        logonTimeoutMs: 5000,
      };
      const protocol = (host: SessionHost) => new FixSession(profile, host, this.time, this.scan, buffer);
      const link = new Link(id, name, protocol, this, null, this.time, MESSAGE_BYTES);
      const stream = new Stream(this.reactor, STREAM_BYTES, STREAM_BYTES);
      this.ways.push(new Venue(link, [new Dialer(stream, parseAddress("127.0.0.1", port))], RECONNECTS, null));
      this.sessions.push(new TradingSession(link, this.data, this.figures, this.arrivals));
    });
  }

  private trade(): void {
    let stopAtNs = 0;
    let logoutAtNs = 0;
    let idle = 0;
    while (!this.closing()) {
      const nowNs = this.turn();
      const work = this.poll(nowNs, stopAtNs === 0) + this.exchange.poll(nowNs);
      idle = work > 0 ? 0 : idle + 1;
      if (idle > IDLE_TURNS) this.rest();
      if (nowNs >= this.lostAtNs) this.countLost(nowNs);
      const wanted = Atomics.load(this.ints, WANTED_WORD);
      if (stopAtNs === 0 && wanted === NO_MORE) stopAtNs = nowNs;
      else if (wanted !== this.phase && this.waiting() === 0) this.begin(wanted, nowNs);
      if (stopAtNs > 0 && logoutAtNs === 0 && (this.waiting() === 0 || nowNs - stopAtNs > GRACE_NS)) {
        this.figures.counts[LOST] = this.waiting();
        this.lostAtNs = Number.POSITIVE_INFINITY;
        for (const { link } of this.sessions) link.logout(DisconnectReason.STOPPING);
        logoutAtNs = nowNs;
      }
      if (logoutAtNs > 0 && (this.away() || nowNs - logoutAtNs > LOGOUT_NS)) return;
    }
  }

  /** Until something arrives; while paced, no longer than the next requests may take, which is the shortest wait there is. */
  private rest(): void {
    if (!this.paced) this.reactor.wait(5);
    else if (!this.data.spins) this.reactor.wait(1);
  }

  private get paced(): boolean {
    return this.phase === PACED || this.phase === WARM_PACED;
  }

  /** Nothing is in flight: what comes now belongs to this phase. */
  private begin(phase: number, nowNs: number): void {
    if (phase === NO_MORE) return;
    this.phase = phase;
    this.figures.begin(phase);
    this.dueNs = nowNs;
    Atomics.store(this.ints, PHASE_WORD, phase);
  }

  private countLost(nowNs: number): void {
    this.lostAtNs = nowNs + LOST_EVERY_NS;
    this.figures.counts[LOST] = this.loggedOnSum((session) => session.lost(nowNs));
  }

  ready(): boolean {
    return true;
  }

  receiveBatch(): number {
    return 0;
  }

  application(link: Link<FixSession>, verdict: Verdict): void {
    const scan = this.scan;
    if (verdict.kind !== APPLICATION) return;
    if (scan.msgType === tag.EXECUTION_REPORT || scan.msgType === tag.ORDER_CANCEL_REJECT)
      this.sessions[link.id]!.report(scan);
  }

  loggedOn(link: Link<FixSession>): void {
    this.ways[link.id]!.succeeded(this.time.nowNs);
  }

  closed(link: Link<FixSession>, _reason: number, _stream: Stream): void {
    this.ways[link.id]!.failed(this.time.nowNs, false);
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
    // Until nothing of the phase before is in flight, nothing is sent.
    const sending = sends && Atomics.load(this.ints, WANTED_WORD) === this.phase;
    let work = 0;
    // Who is logged out misses its turn.
    if (!this.sessions[this.turnOf]!.link.active) this.turnOf = (this.turnOf + 1) % this.sessions.length;
    for (let i = 0; i < this.sessions.length; i++) {
      const { link } = this.sessions[i]!;
      if (link.stream === null) {
        if (sends) work += this.ways[i]!.connect(nowNs, this.time.wallUs);
        continue;
      }
      work += link.pollIn(false);
      if (sending && link.active) work += this.send(i, nowNs);
      if (link.stream !== null) work += link.pollOut();
      link.tick();
    }
    return work;
  }

  private send(index: number, nowNs: number): number {
    const session = this.sessions[index]!;
    if (!this.trading) return index === 0 ? this.probe(session, nowNs) : 0;
    return this.paced ? this.sendPaced(session, index, nowNs) : this.sendBurst(session);
  }

  /** Sessions take turns; one that is late sends at once. */
  private sendPaced(session: TradingSession, index: number, nowNs: number): number {
    if (index !== this.turnOf || nowNs < this.dueNs) return 0;
    this.dueNs = nowNs - this.dueNs > MOST_BEHIND_NS ? nowNs : this.dueNs + PACE_NS;
    this.turnOf = (index + 1) % this.sessions.length;
    session.send(this.time.wallUs, false);
    return 1;
  }

  private sendBurst(session: TradingSession): number {
    let count = 0;
    for (; session.inFlight < this.data.window; count++) session.send(this.time.wallUs, true);
    return count;
  }

  /** Until the gateway has logged on to the exchange, it refuses every order. */
  private probe(session: TradingSession, nowNs: number): number {
    if (session.answered && this.sessions.every(({ link }) => link.active)) {
      this.trading = true;
      Atomics.store(this.ints, STATE_WORD, TRADING);
      return 1;
    }
    if (session.inFlight > 0 || nowNs < this.probeAtNs) return 0;
    this.probeAtNs = nowNs + PROBE_EVERY_NS;
    session.probe(this.time.wallUs);
    return 1;
  }

  private waiting(): number {
    return this.loggedOnSum((session) => session.inFlight);
  }

  /** An operator may have logged a session out: its answers are sent again when it is back. */
  private loggedOnSum(of: (session: TradingSession) => number): number {
    return this.sessions.reduce((sum, session) => sum + (session.link.active ? of(session) : 0), 0);
  }

  private away(): boolean {
    return this.sessions.every(({ link }) => link.stream === null);
  }
}

function post(message: TraderMessage): void {
  parentPort!.postMessage(message);
}

try {
  new Trader(workerData as TraderData).run();
} catch (error) {
  post({ failed: (error as Error).message });
}
