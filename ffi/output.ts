import { fstatSync } from "node:fs";
import { MSG_DONTWAIT, MSG_NOSIGNAL, O_CLOEXEC, O_NONBLOCK, O_WRONLY, POLLFD_EVENTS_AT, POLLOUT } from "./abi.ts";
import { EAGAIN, EINTR, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";

/** A pipe that can be written takes at least this much at once (PIPE_BUF). */
const PIECE_BYTES = 4096;

/**
 * The standard output or error output, written without waiting: for a pipe, a socket or a terminal whose reader may stand still.
 * The descriptor itself keeps its mode, as other processes may have it too: a pipe or a terminal is opened once more. Where that
 * is forbidden, each piece is written once the kernel says that it fits; another writer of the same pipe may come between.
 * Thread  the one that made it.
 */
export class Output {
  readonly isSocket: boolean;
  private readonly isFile: boolean;
  private readonly own: number;
  /*  memory  0 a pollfd │ SCRATCH_BYTES the piece */
  private readonly memory = new ArrayBuffer(SCRATCH_BYTES + PIECE_BYTES);
  private readonly ints = new Int32Array(this.memory);
  private readonly piece = new Uint8Array(this.memory, SCRATCH_BYTES);
  private readonly at = addressOf(this.memory);

  constructor(private readonly fd: number) {
    const stat = fstatSync(fd);
    this.isSocket = stat.isSocket();
    this.isFile = stat.isFile();
    const again = stat.isFIFO() || stat.isCharacterDevice();
    this.own = again ? libc.open(cString(`/proc/self/fd/${fd}`), O_WRONLY | O_NONBLOCK | O_CLOEXEC, 0) : -1;
  }

  /** The descriptor to write to without waiting, where there is one. */
  get descriptor(): number {
    return this.own >= 0 ? this.own : this.fd;
  }

  /** Returns  number of bytes written (possibly fewer than there are from `from` on), -EAGAIN when none fits now, or -errno. */
  write(bytes: Uint8Array, from: number): number {
    const length = Math.min(PIECE_BYTES, bytes.length - from);
    this.piece.set(bytes.slice(from, from + length));
    const written = this.writePiece(length);
    return written === -EINTR ? -EAGAIN : written;
  }

  private writePiece(length: number): number {
    const pieceAt = this.at + SCRATCH_BYTES;
    if (this.isSocket) return result(libc.send(this.fd, pieceAt, length, MSG_DONTWAIT | MSG_NOSIGNAL));
    if (this.own >= 0) return result(libc.write(this.own, pieceAt, length));
    return this.isFile || this.fits() ? result(libc.write(this.fd, pieceAt, length)) : -EAGAIN;
  }

  private fits(): boolean {
    this.ints[0] = this.fd;
    this.ints[POLLFD_EVENTS_AT >> 2] = POLLOUT;
    return libc.poll(this.at, 1, 0) > 0;
  }
}
