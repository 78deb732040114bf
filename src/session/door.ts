import { DisconnectReason } from "../base/disconnect-reason.ts";
import { NONE } from "../base/units.ts";
import { PEER_WORDS } from "../telemetry/disconnect-record.ts";
import { PeerCounts } from "./peer-counts.ts";

/** States of a connection: closed or a session's, without a Logon, with a Logon whose password is being checked. */
const NOT_WAITING = 0;
const SILENT = 1;
const ASKING = 2;

export interface DoorLimits {
  readonly maxConnections: number;
  /** Connections without a Logon. */
  readonly maxBeforeLogon: number;
  readonly maxPerAddress: number;
  readonly maxPerNetwork: number;
  /** Lengths of a network's prefix, of IPv4 and IPv6. */
  readonly network4Bits: number;
  readonly network6Bits: number;
  /** Addresses that any session admits; null: any. */
  readonly allowed: { admits(peer: Int32Array): boolean } | null;
}

/**
 * Decides which connections an acceptor takes. Connections without a Logon have a share of their own: when that is full, a new
 * one takes the place of the oldest one of the network that has most of them. So a client that sends its Logon at once gets
 * in, whatever idles there.
 */
export class Door {
  private readonly addresses: PeerCounts;
  private readonly networks: PeerCounts;
  /** By connection: its slots in both counts, NONE: it is closed; its peer; its number; its state. */
  private readonly addressSlots: Int32Array;
  private readonly networkSlots: Int32Array;
  private readonly peers: Int32Array[] = [];
  private readonly numbers: Float64Array;
  private readonly states: Uint8Array;
  /** Connections so far. */
  private count = 0;
  private openCount = 0;
  private waitingCount = 0;

  constructor(private readonly limits: DoorLimits) {
    const connections = limits.maxConnections;
    this.addresses = new PeerCounts(connections, 32, 128);
    this.networks = new PeerCounts(connections, limits.network4Bits, limits.network6Bits);
    this.addressSlots = new Int32Array(new ArrayBuffer(4 * connections)).fill(NONE);
    this.networkSlots = new Int32Array(new ArrayBuffer(4 * connections));
    this.numbers = new Float64Array(new ArrayBuffer(8 * connections));
    this.states = new Uint8Array(new ArrayBuffer(connections));
    for (let i = 0; i < connections; i++) this.peers.push(new Int32Array(new ArrayBuffer(4 * PEER_WORDS)));
  }

  /** Reason to refuse a new connection of `peer`, or NONE. */
  refusal(peer: Int32Array): DisconnectReason {
    const limits = this.limits;
    if (limits.allowed !== null && !limits.allowed.admits(peer)) return DisconnectReason.ADDRESS;
    const address = this.addresses.find(peer);
    if (address !== NONE && this.addresses.open[address]! >= limits.maxPerAddress) return DisconnectReason.ADDRESS_FULL;
    const network = this.networks.find(peer);
    if (network !== NONE && this.networks.open[network]! >= limits.maxPerNetwork) return DisconnectReason.NETWORK_FULL;
    return DisconnectReason.NONE;
  }

  /** Connection that has to end before a new one is taken, or NONE: there is room, or none has only begun. */
  crowdedOut(): number {
    const limits = this.limits;
    const isFull = this.openCount >= limits.maxConnections || this.waitingCount >= limits.maxBeforeLogon;
    if (!isFull || this.waitingCount === 0) return NONE;
    const silent = this.oldestOfMost(SILENT);
    return silent === NONE ? this.oldestOfMost(ASKING) : silent;
  }

  /** The connection `index` of `peer` was taken. */
  enter(index: number, peer: Int32Array): void {
    const own = this.peers[index]!;
    for (let i = 0; i < PEER_WORDS; i++) own[i] = peer[i]!;
    this.addressSlots[index] = this.addresses.enter(own);
    this.networkSlots[index] = this.networks.enter(own);
    this.numbers[index] = ++this.count;
    this.states[index] = SILENT;
    this.openCount++;
    this.waitingCount++;
  }

  /** Its Logon has come, and the password is being checked: others are crowded out before it. */
  asks(index: number): void {
    if (this.states[index] === SILENT) this.states[index] = ASKING;
  }

  /** Its Logon was taken or refused: it is a session's now. */
  identified(index: number): void {
    if (this.states[index] === NOT_WAITING) return;
    this.states[index] = NOT_WAITING;
    this.addresses.waiting[this.addressSlots[index]!]!--;
    this.networks.waiting[this.networkSlots[index]!]!--;
    this.waitingCount--;
  }

  leave(index: number): void {
    if (this.addressSlots[index] === NONE) return;
    this.identified(index);
    this.addresses.leave(this.addressSlots[index]!, this.peers[index]!);
    this.networks.leave(this.networkSlots[index]!, this.peers[index]!);
    this.addressSlots[index] = NONE;
    this.openCount--;
  }

  private oldestOfMost(state: number): number {
    let best = NONE;
    let most = 0;
    for (let i = 0; i < this.states.length; i++) {
      if (this.states[i] !== state) continue;
      const count = this.networks.waiting[this.networkSlots[i]!]!;
      if (count < most || (count === most && this.numbers[i]! >= this.numbers[best]!)) continue;
      most = count;
      best = i;
    }
    return best;
  }
}
