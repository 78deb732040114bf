import {
  EFD_CLOEXEC,
  EFD_NONBLOCK,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLL_DATA_AT,
  EPOLL_EVENT_BYTES,
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
} from "./abi.ts";
import { checked, EINTR, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

/** Most events of one wait; the next wait returns the others. */
export const POLLER_EVENTS_MAX = Math.floor(SCRATCH_BYTES / EPOLL_EVENT_BYTES);
const EVENT_WORDS = EPOLL_EVENT_BYTES >> 2;
const DATA_WORD = EPOLL_DATA_AT >> 2;

/*  memory  0 the event for epoll_ctl │ SCRATCH_BYTES the events of epoll_wait */
const WAIT_WORD = SCRATCH_BYTES >> 2;

/**
 * Waits for sockets; level-triggered: unread bytes are reported again. Tokens are int32 values of the caller.
 * Thread  the one that made it.
 */
export class Poller {
  private readonly fd: number;
  private readonly memory = new ArrayBuffer(2 * SCRATCH_BYTES);
  private readonly ints = new Int32Array(this.memory);
  private readonly controlAt = addressOf(this.memory);
  private readonly eventsAt = this.controlAt + SCRATCH_BYTES;

  constructor() {
    this.fd = checked("epoll_create1", libc.epoll_create1(EPOLL_CLOEXEC));
  }

  /** Watches a descriptor for reading, and with `writable` for writing. Returns 0 or -errno. */
  add(fd: number, token: number, writable: boolean): number {
    return this.control(EPOLL_CTL_ADD, fd, token, true, writable);
  }

  /** Changes the watched events; with neither, only failures are reported. Returns 0 or -errno. */
  watch(fd: number, token: number, writable: boolean, readable = true): number {
    return this.control(EPOLL_CTL_MOD, fd, token, readable, writable);
  }

  /** Removes a descriptor; call it before closing. Returns 0 or -errno. */
  remove(fd: number): number {
    return result(libc.epoll_ctl(this.fd, EPOLL_CTL_DEL, fd, this.controlAt));
  }

  /**
   * Waits for events, at most `timeoutMs`: 0 does not wait, -1 has no limit. The events are valid until the next wait, also
   * those of a descriptor that is removed meanwhile.
   * Returns  number of events, 0 also after a signal, or -errno.
   */
  wait(timeoutMs: number): number {
    const count = result(libc.epoll_wait(this.fd, this.eventsAt, POLLER_EVENTS_MAX, timeoutMs));
    return count === -EINTR ? 0 : count;
  }

  /** Token of the event's descriptor. */
  token(index: number): number {
    return this.ints[WAIT_WORD + index * EVENT_WORDS + DATA_WORD]!;
  }

  /** A receive will return bytes, the end, or an error. */
  readable(index: number): boolean {
    return (this.events(index) & (EPOLLIN | EPOLLHUP | EPOLLERR)) !== 0;
  }

  writable(index: number): boolean {
    return (this.events(index) & EPOLLOUT) !== 0;
  }

  /** The connection is broken or could not be established. */
  failed(index: number): boolean {
    return (this.events(index) & (EPOLLERR | EPOLLHUP)) !== 0;
  }

  close(): void {
    libc.close(this.fd);
  }

  private events(index: number): number {
    return this.ints[WAIT_WORD + index * EVENT_WORDS]!;
  }

  private control(operation: number, fd: number, token: number, readable: boolean, writable: boolean): number {
    this.ints[0] = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
    this.ints[DATA_WORD] = token;
    return result(libc.epoll_ctl(this.fd, operation, fd, this.controlAt));
  }
}

/** Wakes a thread that waits in a Poller. The thread that makes it passes `fd` to the threads that wake it. */
export class Wakeup {
  readonly fd: number;
  private readonly memory = new ArrayBuffer(SCRATCH_BYTES);
  private readonly address = addressOf(this.memory);
  private readonly owned: boolean;

  /** With `fd`: another thread's wakeup. */
  constructor(fd?: number) {
    this.owned = fd === undefined;
    this.fd = fd ?? checked("eventfd", libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    new Int32Array(this.memory)[0] = 1;
  }

  /** Makes the descriptor readable, until it is drained. */
  wake(): void {
    libc.write(this.fd, this.address, 8);
  }

  /** Resets the descriptor; no effect when it is not readable. */
  drain(): void {
    libc.read(this.fd, this.address + 8, 8);
  }

  /** Closes the descriptor, if it was made here. */
  close(): void {
    if (this.owned) libc.close(this.fd);
  }
}
