import type { TLSOptions } from "bun";
import { ClientPeer } from "../../src/counterparty/client.ts";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import type { PeerOptions } from "../../src/counterparty/session.ts";
import { connectTo } from "../../src/counterparty/tcp.ts";

/** A trading client over loopback TCP. */
export class Client extends ClientPeer {
  constructor(
    compId: string,
    private readonly port: number,
    options: PeerOptions = {},
    private readonly tls?: TLSOptions,
  ) {
    super(compId, options);
  }

  async connect(): Promise<void> {
    await connectTo(this, this.port, this.tls);
  }

  /** `reset`: both sides' numbers begin again. */
  async logon(reset = false): Promise<Message> {
    await this.connect();
    return this.exchangeLogons(reset);
  }

  exchangeLogons(reset = false): Promise<Message> {
    this.sendLogon(reset);
    return this.waitType(LOGON);
  }
}
