import { AF_UNIX, MSG_DONTWAIT, SOCK_CLOEXEC, SOCK_DGRAM } from "../../../ffi/abi.ts";
import { checked } from "../../../ffi/errno.ts";
import { libc } from "../../../ffi/libc.ts";
import { addressOf } from "../../../ffi/memory.ts";
import { PATIENCE_MS, until } from "../../eventually.ts";

/** A service manager's end of the notify socket, with everything that was said to it. */
export class NotifyListener {
  readonly said: string[] = [];
  private readonly fd = checked("socket", libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  private readonly memory = new ArrayBuffer(8192);

  /** A path, or an abstract name that begins with @. */
  constructor(readonly address: string) {
    const name = Buffer.from(address.replace(/^@/, "\0"));
    new DataView(this.memory).setUint16(0, AF_UNIX, true);
    new Uint8Array(this.memory).set(name, 2);
    checked(`bind ${address}`, libc.bind(this.fd, addressOf(this.memory), 2 + name.length));
  }

  /** Takes what has come. */
  read(): void {
    for (;;) {
      const length = libc.recv(this.fd, addressOf(this.memory), 8192, MSG_DONTWAIT);
      if (length < 0) return;
      this.said.push(Buffer.from(this.memory, 0, length).toString());
    }
  }

  /** The first datagram from index `from` on that matches, once it has come. */
  async heard(pattern: RegExp, from = 0): Promise<number> {
    const index = (): number | null => {
      this.read();
      const at = this.said.findIndex((text, i) => i >= from && pattern.test(text));
      return at < 0 ? null : at;
    };
    return until(`${pattern}`, index, PATIENCE_MS, () => this.said.slice(from).join("\n--\n"));
  }

  /** Of what has come so far, how many match from index `from` on. */
  count(pattern: RegExp, from = 0): number {
    this.read();
    return this.said.slice(from).filter((text) => pattern.test(text)).length;
  }

  close(): void {
    libc.close(this.fd);
  }
}
