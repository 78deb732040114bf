import { describe, expect, test } from "bun:test";
import { describeDisconnect } from "../../src/base/disconnect-reason.ts";
import { NONE } from "../../src/base/units.ts";
import { readNetwork } from "../../src/config/network.ts";
import { Door, type DoorLimits } from "../../src/session/door.ts";
import { PeerCounts } from "../../src/session/peer-counts.ts";

function peer(text: string): Int32Array {
  const words = new Int32Array(5);
  new Uint8Array(words.buffer).set(readNetwork(text)!.address);
  return words;
}

function doorOf(limits: Partial<DoorLimits>): Door {
  return new Door({
    maxConnections: 8,
    maxBeforeLogon: 8,
    maxPerAddress: 8,
    maxPerNetwork: 8,
    network4Bits: 24,
    network6Bits: 56,
    allowed: null,
    ...limits,
  });
}

describe("PeerCounts", () => {
  test.each([
    ["10.0.0.1", "10.0.0.255", true],
    ["10.0.0.1", "10.0.1.1", false],
    ["2001:db8:0:ff::1", "2001:db8:0:1::2", true],
    ["2001:db8:0:100::1", "2001:db8:0:1::2", false],
    ["::1", "10.0.0.1", false],
  ])("counts %s and %s in one network: %p", (one, other, isOne) => {
    const counts = new PeerCounts(4, 24, 56);
    counts.enter(peer(one));
    expect(counts.find(peer(other)) !== NONE).toBe(isOne);
  });

  test("agrees with a plain count, whatever comes and goes", () => {
    const counts = new PeerCounts(64, 32, 128);
    const all: { slot: number; address: Int32Array }[] = [];
    const plain = new Map<string, number>();
    let seed = 7;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let i = 0; i < 20_000; i++) {
      if (all.length < 64 && next(2) === 0) {
        const address = peer(`10.${next(2)}.0.${next(40)}`);
        all.push({ slot: counts.enter(address), address });
        plain.set(address.join(), (plain.get(address.join()) ?? 0) + 1);
      } else if (all.length > 0) {
        const [{ slot, address }] = all.splice(next(all.length), 1) as [{ slot: number; address: Int32Array }];
        counts.leave(slot, address);
        plain.set(address.join(), plain.get(address.join())! - 1);
      }
      const asked = peer(`10.${next(2)}.0.${next(40)}`);
      const slot = counts.find(asked);
      expect(slot === NONE ? 0 : counts.open[slot]!).toBe(plain.get(asked.join()) ?? 0);
    }
  });
});

describe("Door", () => {
  const reasonOf = (door: Door, text: string): string => describeDisconnect(door.refusal(peer(text)));

  test("refuses more of one address and of one network, until one of them leaves", () => {
    const door = doorOf({ maxPerAddress: 2, maxPerNetwork: 3 });
    door.enter(0, peer("10.0.0.1"));
    door.enter(1, peer("10.0.0.1"));
    expect(reasonOf(door, "10.0.0.1")).toBe("too many connections of its address");
    expect(reasonOf(door, "10.0.0.2")).toBe("none");
    door.enter(2, peer("10.0.0.2"));
    expect(reasonOf(door, "10.0.0.3")).toBe("too many connections of its network");
    expect(reasonOf(door, "10.0.1.1")).toBe("none");
    // Logged on or not, it counts.
    door.identified(0);
    expect(reasonOf(door, "10.0.0.1")).toBe("too many connections of its address");
    door.leave(0);
    expect(reasonOf(door, "10.0.0.1")).toBe("none");
  });

  test("refuses what no session admits", () => {
    const door = doorOf({ allowed: { admits: (words) => words[3] === peer("10.0.0.1")[3] } });
    expect(reasonOf(door, "10.0.0.1")).toBe("none");
    expect(reasonOf(door, "10.0.0.2")).toBe("address not allowed");
  });

  test("names the oldest of the network with most connections without a Logon, once their share is full", () => {
    const door = doorOf({ maxBeforeLogon: 4 });
    door.enter(3, peer("10.0.9.1"));
    door.enter(5, peer("10.0.0.1"));
    door.enter(1, peer("10.0.0.2"));
    expect(door.crowdedOut()).toBe(NONE);
    door.enter(0, peer("10.0.0.3"));
    expect(door.crowdedOut()).toBe(5);
    door.identified(5);
    expect(door.crowdedOut()).toBe(NONE);
    door.enter(2, peer("10.0.0.4"));
    expect(door.crowdedOut()).toBe(1);
    door.leave(1);
    door.leave(0);
    door.leave(2);
    expect(door.crowdedOut()).toBe(NONE);
  });

  test("but before those whose password is being checked, any silent one", () => {
    const door = doorOf({ maxBeforeLogon: 3 });
    door.enter(0, peer("10.0.0.1"));
    door.enter(1, peer("10.0.0.2"));
    door.enter(2, peer("10.0.9.1"));
    door.asks(0);
    expect(door.crowdedOut()).toBe(1);
    door.asks(1);
    expect(door.crowdedOut()).toBe(2);
    door.asks(2);
    expect(door.crowdedOut()).toBe(0);
  });

  test("and when all connections are open, if any of them has no Logon yet", () => {
    const door = doorOf({ maxConnections: 2 });
    door.enter(0, peer("10.0.0.1"));
    door.identified(0);
    door.enter(1, peer("10.0.0.1"));
    expect(door.crowdedOut()).toBe(1);
    door.identified(1);
    expect(door.crowdedOut()).toBe(NONE);
  });
});
