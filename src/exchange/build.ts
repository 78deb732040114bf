// Builds an exchange from its configuration.

import type { LaneTime } from "../base/lane-time.ts";
import { FixSession } from "../fix/session/session.ts";
import { MessageBuffer } from "../fix/wire/message-buffer.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import { versionOf } from "../fix/wire/version.ts";
import type { Listener } from "../net/listener.ts";
import type { Reactor } from "../net/reactor.ts";
import { Link } from "../session/link.ts";
import type { SessionHost } from "../session/protocol.ts";
import { ExchangeAgent } from "./agent.ts";

export interface BuildExchangeParts {
  /** Configuration of the exchange. */
  readonly exchange: {
    readonly compId: string;
    readonly sessions: readonly string[];
    readonly versions: Readonly<Record<string, string>>;
    readonly maxOrders: number;
  };
  readonly listen: () => Listener[];
  readonly reactor: Reactor;
  readonly scan: Scanner;
  readonly time: LaneTime;
  /** Start of this run, seconds since 1970; makes its OrderIDs and ExecIDs unique. */
  readonly birth: number;
  /** Bytes of the longest message that is written. */
  readonly messageBytes: number;
}

/** Output buffer of a session, and its limit with buffers of the lane's pool. */
const OUT_BYTES = 1 << 16;
const BACKLOG_BYTES = 8 << 20;
const SPARE_CONNECTIONS = 8;
const MAX_HEARTBEAT_S = 30;
const LOGON_TIMEOUT_MS = 5000;

/** The exchange of a configuration. Its reactor needs room for `sessions.length` + 8 connections. */
export function buildExchange(parts: BuildExchangeParts): ExchangeAgent {
  const { exchange, time, scan } = parts;
  const links: Link<FixSession>[] = [];
  const buffer = new MessageBuffer(parts.messageBytes);
  const agent = new ExchangeAgent({
    name: "exchange",
    links,
    places: exchange.sessions.length,
    reactor: parts.reactor,
    listen: parts.listen,
    scan,
    time,
    maxOrders: exchange.maxOrders,
    birth: parts.birth,
    maxConnections: exchange.sessions.length + SPARE_CONNECTIONS,
    outBytes: Math.max(OUT_BYTES, 2 * parts.messageBytes),
    backlogBytes: BACKLOG_BYTES,
    logonTimeoutMs: LOGON_TIMEOUT_MS,
    door: null,
  });
  exchange.sessions.forEach((peer, id) => {
    const version = versionOf(exchange.versions[peer]!);
    const profile = {
      version,
      compId: exchange.compId,
      peerCompId: peer,
      initiator: false,
      heartBtIntS: MAX_HEARTBEAT_S,
      // Versions without ResetSeqNumFlag: a restart does not know the numbers.
      resetOnLogon: !version.hasResetFlag,
      logonTimeoutMs: LOGON_TIMEOUT_MS,
    };
    const protocol = (host: SessionHost) => new FixSession(profile, host, time, scan, buffer);
    links.push(new Link(id, peer, protocol, agent, null, time, parts.messageBytes));
  });
  return agent;
}
