// What happens to sessions and connections. Cold.

import { SO_RCVBUF, SO_SNDBUF, SOL_SOCKET } from "../../ffi/abi.ts";
import { setOption } from "../../ffi/socket.ts";
import { utcTimestamp } from "../counterparty/message.ts";
import type { PeerSession } from "../counterparty/session.ts";
import type { Trader } from "./client-peer.ts";
import type { Counterparties } from "./counterparties.ts";
import { bulk } from "./order-flow.ts";

/** A kernel's least buffers: it takes a message or two at once. */
const TINY_BYTES = 4_608;
const WIDE_BYTES = 1 << 20;
const TURNS_TO_REFUSE = 10;
const QUIET_TURNS = 3_000;

/** Connections that never become sessions. */
export function strangers(scene: Counterparties): void {
  const { anna, port, stage } = scene;
  const connections = stage.descriptors().length;
  const openings: (() => string)[] = [
    () => anna.text("0"),
    () => anna.text("A", "98=0|108=30|", { compId: "NOBODY" }),
    () => anna.text("A", "98=0|108=30|", { beginString: "FIX.4.0" }),
    () => anna.text("A", "98=1|108=30|"),
    () => anna.text("A", "98=0|108=99999|"),
    () => anna.text("A", "98=0|108=30|", { time: "20000101-00:00:00" }),
    () => anna.text("A", "98=0|108=30|").slice(0, 40),
    () => "x".repeat(5_000),
    () => `8=FIX.4.4\u00019=99999\u0001${"x".repeat(4_000)}`,
  ];
  for (const opening of openings) {
    anna.connect(port);
    anna.write(opening());
    scene.until(() => stage.descriptors().length > connections);
    for (let i = 0; i < TURNS_TO_REFUSE && anna.connected; i++) scene.turn();
    anna.line.close();
    scene.until(() => stage.descriptors().length <= connections);
  }
}

/** What both sides of a session may say to each other, right and wrong, without its end. */
export function talk(scene: Counterparties, peer: PeerSession): void {
  peer.send("0");
  peer.send("1", "112=hello|");
  peer.send("1");
  peer.send("2", "7=1|16=0|");
  scene.pinLane();
  peer.send("2", "7=1|16=3|");
  scene.pinLane();
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
  scene.pinLane();
}

/** Numbers are left out on both ways, and made up for. */
export function gaps(scene: Counterparties, peer: PeerSession): void {
  peer.nextOut += 3;
  peer.send("0");
  peer.send("1", "112=gap|");
  scene.pinLane();
  peer.nextOut += 2;
  peer.send("2", "7=1|16=0|");
  scene.pinLane();
  bulk(scene, 50);
  peer.send("2", `7=1|16=0|`);
  bulk(scene, 50);
}

/** One wrong message each ends the session; it comes back. */
export function ends(scene: Counterparties, trader: Trader): void {
  const endings: (() => string)[] = [
    () => trader.text("0", "", { compId: "SOMEBODY" }),
    () => trader.text("0", "", { time: "20000101-00:00:00" }),
    () => trader.text("0", "", { sequence: 1 }),
    () => trader.text("0", "", { sequence: "" }).replace("\u000134=", "\u000158=x"),
    () => trader.text("0", "", { beginString: "FIX.4.2" }),
    () => trader.text("0", "", { more: "43=Y|122=99990101-00:00:00|" }),
    () => `8=FIX.4.4\u00019=99999\u0001${"x".repeat(4_000)}`,
    () => trader.text("5"),
    () => trader.text("A", "98=0|108=30|141=Y|", { sequence: 1 }),
  ];
  for (const ending of endings) {
    trader.write(ending());
    scene.pinLane();
    trader.line.close();
    scene.pinLane();
    scene.logon(trader, true);
  }
}

/** Connections break under orders, on both sides; what was missed is asked for. */
export function breaks(scene: Counterparties): void {
  const { anna, bert, market } = scene;
  for (let i = 0; i < 60; i++) anna.plain(102, 1, "150.25");
  scene.turn();
  anna.drop();
  scene.pinLane();
  scene.logon(anna, false);
  anna.send("2", "7=1|16=0|");
  scene.pinLane();
  for (const abort of [true, false]) {
    const open = bert.order({ 38: 201 });
    scene.pinLane();
    for (let i = 0; i < 20; i++) bert.plain(100, 2, "150");
    scene.turn();
    if (abort) market.drop();
    else market.line.close();
    for (let i = 0; i < 5; i++) bert.plain(100, 2, "150");
    scene.pinLane();
    bert.cancel(open, { 38: 201 });
    scene.turn();
    scene.open();
  }
  market.send("5");
  scene.pinLane();
  market.line.close();
  market.unwilling = true;
  scene.open();
  market.line.close();
  scene.open();
}

/** Peers that read slowly, and one that does not read. */
export function slow(scene: Counterparties): void {
  const { anna, bert, market, stage } = scene;
  for (const fd of stage.descriptors()) setOption(fd, SOL_SOCKET, SO_SNDBUF, TINY_BYTES);
  setOption(anna.line.fd, SOL_SOCKET, SO_RCVBUF, TINY_BYTES);
  for (let i = 0; i < 20; i++) {
    anna.line.paused = i % 3 !== 0;
    market.line.paused = i % 4 !== 0;
    bulk(scene, 40);
  }
  market.line.paused = false;
  scene.pinLane();
  anna.line.paused = true;
  for (let i = 0; i < 12; i++) bulk(scene, 200);
  anna.line.paused = false;
  scene.pinLane();
  for (const fd of stage.descriptors()) setOption(fd, SOL_SOCKET, SO_SNDBUF, WIDE_BYTES);
  if (!anna.connected) scene.logon(anna, false);
  bert.send("0");
  scene.pinLane();
}

/** Nothing comes for a while: pages are made ready, the clocks are looked at. */
export function quiet(scene: Counterparties): void {
  for (let i = 0; i < QUIET_TURNS; i++) scene.stage.turn();
  scene.stage.runEmpty(QUIET_TURNS);
}

/** Hours pass: heartbeats, silence, Logons that never come; then everyone is sent home, not all of them go. */
export function evening(scene: Counterparties): void {
  const { anna, bert, market, port, stage } = scene;
  scene.travel(31_000, 40);
  anna.sulking = true;
  anna.connect(port);
  scene.travel(6_000, 10);
  market.sulking = true;
  scene.travel(80_000, 60);
  market.sulking = false;
  scene.travel(5_000, 40);
  market.send("2", "7=1|16=0|");
  scene.travel(1_000, 10);
  anna.sulking = false;
  for (const trader of [anna, bert]) {
    trader.connect(port);
    trader.sendLogon(true);
  }
  scene.travel(1_000, 10);
  bert.sulking = true;
  stage.stop();
  scene.travel(500, 10);
  bert.plain(100, 1, "150.25");
  scene.travel(4_000, 20);
}
