import type { Wakeup } from "../../ffi/poller.ts";
import type { CongestionControl, SocketAddress } from "../../ffi/socket.ts";
import type { Network, Readiness } from "../../src/net/network.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";

/** The process dies here. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Burns down by one at each step that the world can see; the process dies before the step at which it is used up. */
export class Fuse {
  private left = Number.POSITIVE_INFINITY;

  set(steps: number): void {
    this.left = steps;
  }

  burn(): void {
    if (this.left === Number.POSITIVE_INFINITY || --this.left > 0) return;
    this.left = Number.POSITIVE_INFINITY;
    throw new Crash();
  }
}

/** What the kernel does for one process: its descriptors are its own, and go with it. */
export class Host implements Network {
  private readonly owned = new Set<number>();

  constructor(
    private readonly network: PipeNetwork,
    private readonly fuse: Fuse,
  ) {}

  receive(fd: number, address: number, bytes: number): number {
    this.fuse.burn();
    return this.network.receive(fd, address, bytes);
  }

  send(fd: number, address: number, bytes: number): number {
    this.fuse.burn();
    return this.network.send(fd, address, bytes);
  }

  closeSocket(fd: number): void {
    this.owned.delete(fd);
    this.network.closeSocket(fd);
  }

  abortSocket(fd: number): void {
    this.owned.delete(fd);
    this.network.abortSocket(fd);
  }

  connectTo(address: SocketAddress): number {
    return this.own(this.network.connectTo(address));
  }

  connectResult(fd: number): number {
    return this.network.connectResult(fd);
  }

  listenTcp(host: string, port: number, backlog: number): number {
    return this.own(this.network.listenTcp(host, port, backlog));
  }

  localPort(fd: number): number {
    return this.network.localPort(fd);
  }

  readPeer(fd: number, words: Int32Array): void {
    this.network.readPeer(fd, words);
  }

  acceptTcp(fd: number): number {
    return this.own(this.network.acceptTcp(fd));
  }

  setNoDelay(fd: number): number {
    return this.network.setNoDelay(fd);
  }

  setBusyPoll(fd: number, us: number): number {
    return this.network.setBusyPoll(fd, us);
  }

  preferBusyPoll(fd: number): number {
    return this.network.preferBusyPoll(fd);
  }

  setQuickAck(fd: number): number {
    return this.network.setQuickAck(fd);
  }

  setKeepAlive(fd: number, idleS: number, intervalS: number, count: number): number {
    return this.network.setKeepAlive(fd, idleS, intervalS, count);
  }

  setUserTimeout(fd: number, ms: number): number {
    return this.network.setUserTimeout(fd, ms);
  }

  setCongestionControl(fd: number, control: CongestionControl): number {
    return this.network.setCongestionControl(fd, control);
  }

  incomingCpu(fd: number): number {
    return this.network.incomingCpu(fd);
  }

  poller(): Readiness {
    return this.network.poller();
  }

  wakeup(): Wakeup {
    return this.network.wakeup();
  }

  /** The kernel closes what a dead process leaves. */
  die(): void {
    for (const fd of this.owned) this.network.closeSocket(fd);
    this.owned.clear();
  }

  private own(fd: number): number {
    if (fd >= 0) this.owned.add(fd);
    return fd;
  }
}
