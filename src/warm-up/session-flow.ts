// Session flow of the warm-up: logons, gaps, rejects, disconnects, timeouts.

import { SO_RCVBUF, SO_SNDBUF, SOL_SOCKET } from "../../ffi/abi.ts";
import { setOption } from "../../ffi/socket.ts";
import { utcTimestamp } from "../counterparty/message.ts";
import type { PeerSession } from "../counterparty/session.ts";
import type { WarmUpClient } from "./client-peer.ts";
import type { Counterparties } from "./counterparties.ts";
import { tradeOrders } from "./order-flow.ts";

/** The kernel's smallest socket buffers: room for one or two messages. */
const TINY_BYTES = 4_608;
const WIDE_BYTES = 1 << 20;
const TURNS_TO_REFUSE = 10;
const IDLE_TURNS = 500;

/** Connections that never log on. */
export function refusedConnections(peers: Counterparties): void {
  const { client1, port, gateway } = peers;
  const connections = gateway.descriptors().length;
  const openings: (() => string)[] = [
    () => client1.text("0"),
    () => client1.text("A", "98=0|108=30|", { compId: "NOBODY" }),
    () => client1.text("A", "98=0|108=30|", { beginString: "FIX.4.0" }),
    () => client1.text("A", "98=1|108=30|"),
    () => client1.text("A", "98=0|108=99999|"),
    () => client1.text("A", "98=0|108=30|", { time: "20000101-00:00:00" }),
    () => client1.text("A", "98=0|108=30|").slice(0, 40),
    () => "x".repeat(5_000),
    () => `8=FIX.4.4\u00019=99999\u0001${"x".repeat(4_000)}`,
  ];
  for (const opening of openings) {
    client1.connect(port);
    client1.write(opening());
    peers.until(() => gateway.descriptors().length > connections);
    for (let i = 0; i < TURNS_TO_REFUSE && client1.connected; i++) peers.turn();
    client1.line.close();
    peers.until(() => gateway.descriptors().length <= connections);
  }
}

/** Session messages, valid and faulty, that do not end the session. */
export function sessionMessages(peers: Counterparties, peer: PeerSession): void {
  peer.send("0");
  peer.send("1", "112=hello|");
  peer.send("1");
  peer.send("2", "7=1|16=0|");
  peers.runUntilIdle();
  peer.send("2", "7=1|16=3|");
  peers.runUntilIdle();
  peer.send("2", "7=999999|16=0|");
  peer.send("2", "7=1|");
  peer.send("2", "16=1|");
  peer.send("3", "45=1|58=why|");
  peer.send("A", "98=0|108=30|");
  peer.send("0", "58=|");
  peer.send("0", "99999999999=1|");
  peer.send("0", "x=1|");
  peer.sendAs("0", peer.nextOut++, "", "43=N|");
  peer.sendAs("0", peer.nextOut++, "", `43=Y|122=${peer.now()}|`);
  peer.sendAs("0", peer.nextOut++, "", "43=Y|");
  peer.send("4", `123=Y|36=${peer.nextOut + 3}|`);
  peer.nextOut += 2;
  peer.send("4", "123=Y|36=1|");
  peer.send("4", "123=Y|");
  peer.send("4", `36=${peer.nextOut + 5}|`);
  peer.nextOut += 4;
  peer.send("4", "36=1|");
  peer.sendAs("0", peer.nextOut - 1, "", `43=Y|122=${peer.now()}|`);
  peer.sendAs("0", peer.nextOut - 1, "", "43=Y|");
  peer.sendAs("2", peer.nextOut - 1, "7=1|16=1|");
  peer.write(peer.text("0", "", { sequence: peer.nextOut }).replace(/10=\d+/, "10=999"));
  peer.write(peer.text("0", "", { sequence: peer.nextOut }).replace(/\u00019=\d+/, "\u00019=7"));
  peer.write("garbage");
  peer.write(peer.text("0", "", { sequence: peer.nextOut++ }));
  peer.write(peer.text("0", "", { sequence: peer.nextOut++, time: utcTimestamp(Date.now() * 1000).slice(0, 17) }));
  peers.runUntilIdle();
}

/** Sequence gaps in both directions, and their resends. */
export function sequenceGaps(peers: Counterparties, peer: PeerSession): void {
  peer.nextOut += 3;
  peer.send("0");
  peer.send("1", "112=gap|");
  peers.runUntilIdle();
  peer.nextOut += 2;
  peer.send("2", "7=1|16=0|");
  peers.runUntilIdle();
  tradeOrders(peers, 50);
  peer.send("2", `7=1|16=0|`);
  tradeOrders(peers, 50);
}

/** Messages that end the session; the client logs on again after each. */
export function sessionEndings(peers: Counterparties, client: WarmUpClient): void {
  const endings: (() => string)[] = [
    () => client.text("0", "", { compId: "SOMEBODY" }),
    () => client.text("0", "", { time: "20000101-00:00:00" }),
    () => client.text("0", "", { sequence: 1 }),
    () => client.text("0", "", { sequence: "" }).replace("\u000134=", "\u000158=x"),
    () => client.text("0", "", { beginString: "FIX.4.2" }),
    () => client.text("0", "", { more: "43=Y|122=99990101-00:00:00|" }),
    () => `8=FIX.4.4\u00019=99999\u0001${"x".repeat(4_000)}`,
    () => client.text("5"),
    () => client.text("A", "98=0|108=30|141=Y|", { sequence: 1 }),
  ];
  for (const ending of endings) {
    client.write(ending());
    peers.runUntilIdle();
    client.line.close();
    peers.runUntilIdle();
    peers.logon(client, true);
  }
}

/** Disconnects with orders in flight, on both sides, and the resends after them. */
export function disconnects(peers: Counterparties): void {
  const { client1, client2, venue } = peers;
  for (let i = 0; i < 60; i++) client1.plainOrder(102, 1, "150.25");
  peers.turn();
  client1.drop();
  peers.runUntilIdle();
  peers.logon(client1, false);
  client1.send("2", "7=1|16=0|");
  peers.runUntilIdle();
  for (const abort of [true, false]) {
    const open = client2.order({ 38: 201 });
    peers.runUntilIdle();
    for (let i = 0; i < 20; i++) client2.plainOrder(100, 2, "150");
    peers.turn();
    if (abort) venue.drop();
    else venue.line.close();
    for (let i = 0; i < 5; i++) client2.plainOrder(100, 2, "150");
    peers.runUntilIdle();
    client2.cancel(open, { 38: 201 });
    peers.turn();
    peers.open();
  }
  venue.send("5");
  peers.runUntilIdle();
  venue.line.close();
  venue.refusesLogon = true;
  peers.open();
  venue.line.close();
  peers.open();
}

/** Peers that read slowly, and one that stops reading. */
export function slowReaders(peers: Counterparties): void {
  const { client1, client2, venue, gateway } = peers;
  for (const fd of gateway.descriptors()) setOption(fd, SOL_SOCKET, SO_SNDBUF, TINY_BYTES);
  setOption(client1.line.fd, SOL_SOCKET, SO_RCVBUF, TINY_BYTES);
  for (let i = 0; i < 8; i++) {
    client1.line.paused = i % 3 !== 0;
    venue.line.paused = i % 4 !== 0;
    tradeOrders(peers, 40);
  }
  venue.line.paused = false;
  peers.runUntilIdle();
  client1.line.paused = true;
  for (let i = 0; i < 3; i++) tradeOrders(peers, 200);
  client1.line.paused = false;
  peers.runUntilIdle();
  for (const fd of gateway.descriptors()) setOption(fd, SOL_SOCKET, SO_SNDBUF, WIDE_BYTES);
  // A new connection: the old one's small window would delay what follows.
  client1.drop();
  peers.runUntilIdle();
  peers.logon(client1, false);
  if (!venue.connected) peers.open();
  client2.send("0");
  peers.runUntilIdle();
}

/** Turns without messages: periodic tasks. */
export function idleTurns(peers: Counterparties): void {
  for (let i = 0; i < IDLE_TURNS; i++) peers.gateway.turn();
  peers.gateway.runEmpty(IDLE_TURNS);
}

/** Timeouts (heartbeats, TestRequests, missing Logons), then the stop of the gateway with peers that do not answer its Logout. */
export function shutDown(peers: Counterparties): void {
  const { client1, client2, venue, port, gateway } = peers;
  peers.advanceTime(31_000, 40);
  client1.unresponsive = true;
  client1.connect(port);
  peers.advanceTime(6_000, 10);
  venue.unresponsive = true;
  peers.advanceTime(80_000, 60);
  venue.unresponsive = false;
  peers.advanceTime(5_000, 40);
  venue.send("2", "7=1|16=0|");
  peers.advanceTime(1_000, 10);
  client1.unresponsive = false;
  for (const client of [client1, client2]) {
    client.connect(port);
    client.sendLogon(true);
  }
  peers.advanceTime(1_000, 10);
  client2.unresponsive = true;
  gateway.stop();
  peers.advanceTime(500, 10);
  client2.plainOrder(100, 1, "150.25");
  peers.advanceTime(4_000, 20);
}
