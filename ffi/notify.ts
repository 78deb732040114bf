import { AF_UNIX, MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_CLOEXEC, SOCK_DGRAM, SOCKADDR_UN_PATH_AT } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

/** Longest path of a socket, without the zero at its end. */
const PATH_MAX_BYTES = 107;
const encoder = new TextEncoder();

/**
 * The service manager's socket, for datagrams of text; never blocks. An address that begins with @ is abstract: it has no file.
 * Thread  the one that made it.
 */
export class NotifySocket {
  private readonly fd: number;
  /*  memory  0 struct sockaddr_un │ SCRATCH_BYTES the text */
  private readonly memory = new ArrayBuffer(2 * SCRATCH_BYTES);
  private readonly addressAt = addressOf(this.memory);
  private readonly addressBytes: number;
  private readonly text = new Uint8Array(this.memory, SCRATCH_BYTES);

  /** Fails  for an address that is neither an absolute path nor abstract, or too long. */
  constructor(address: string) {
    const name = encoder.encode(address);
    const abstract = address.startsWith("@");
    if (!(abstract || address.startsWith("/")) || name.length < 2 || name.length > PATH_MAX_BYTES)
      throw new Error(`NOTIFY_SOCKET: expected an absolute path or @name of at most 107 bytes, got "${address}"`);
    new DataView(this.memory).setUint16(0, AF_UNIX, true);
    const path = new Uint8Array(this.memory, SOCKADDR_UN_PATH_AT);
    path.set(name);
    if (abstract) path[0] = 0;
    // The length of an abstract name is explicit; a path ends with a zero.
    this.addressBytes = SOCKADDR_UN_PATH_AT + name.length + (abstract ? 0 : 1);
    this.fd = checked("socket AF_UNIX", libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  }

  /** Returns  0 or -errno: -EAGAIN while the manager's queue is full, -ENOENT or -ECONNREFUSED when it has ended. */
  send(text: string): number {
    const { written } = encoder.encodeInto(text, this.text);
    const textAt = this.addressAt + SCRATCH_BYTES;
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    return Math.min(0, result(libc.sendto(this.fd, textAt, written, flags, this.addressAt, this.addressBytes)));
  }

  close(): void {
    libc.close(this.fd);
  }
}
