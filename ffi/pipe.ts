import { O_CLOEXEC, O_NONBLOCK } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const scratch = new ArrayBuffer(SCRATCH_BYTES);
const fds = new Int32Array(scratch);
const fdsAt = addressOf(scratch);

/** Both ends of a pipe, neither of which waits; of up to 4,096 bytes each write is whole. */
export function makePipe(): { readFd: number; writeFd: number } {
  checked("pipe2", libc.pipe2(fdsAt, O_CLOEXEC | O_NONBLOCK));
  return { readFd: fds[0]!, writeFd: fds[1]! };
}

/** Returns  bytes read, 0 once the other end is closed and all is read, or -errno. */
export function readPipe(fd: number, address: number, bytes: number): number {
  return result(libc.read(fd, address, bytes));
}

/** Returns  bytes written, or -errno: -EAGAIN while it is full. */
export function writePipe(fd: number, address: number, bytes: number): number {
  return result(libc.write(fd, address, bytes));
}
