// The venue of the warm-up: OrderQty selects its answer.

import * as sockets from "../../ffi/socket.ts";
import type { Field, Message } from "../counterparty/message.ts";
import { PolledTransport, type Scratch } from "../counterparty/polled.ts";
import { PeerSession } from "../counterparty/session.ts";
import type { Clock } from "../counterparty/transport.ts";
import { warmUpId } from "./client-peer.ts";

/** Fields of a report that follow those of its order. */
type Report = string;

/** Answers to a NewOrderSingle by OrderQty; orders of any other quantity are filled at once. */
const ANSWERS: Record<string, (venue: WarmUpVenue, order: Message) => Report[]> = {
  101: () => [`150=0|39=0|14=0|151=101|`, fill(101, 101, 0)],
  102: () => [`150=0|39=0|14=0|151=102|`, fill(50, 50, 52), fill(52, 102, 0)],
  201: () => [`150=0|39=0|14=0|151=201|`],
  202: () => [`150=A|39=A|14=0|151=202|`, `150=0|39=0|14=0|151=202|`],
  203: () => [`150=8|39=8|103=0|58=not today|14=0|151=0|`],
  204: () => [`150=0|39=0|14=0|151=204|`, `150=C|39=C|14=0|151=0|`],
  205: () => [`150=0|39=0|14=0|151=205|`, `150=3|39=3|14=0|151=0|`],
  206: () => [
    `150=0|39=0|14=0|151=206|`,
    fill(100, 100, 106),
    `150=H|39=0|32=100|31=150.25|14=0|151=206|`,
    `150=H|39=0|32=900|31=150.25|14=0|151=206|`,
    `17=PART|150=F|39=1|32=100|31=150.25|14=100|151=106|`,
    `19=PART|150=G|39=1|32=90|31=150.25|14=90|151=116|`,
    `150=F|39=2|32=116|31=150.25|14=206|151=0|`,
    `19=PART|150=H|39=1|32=0|31=0|14=116|151=90|`,
    `150=F|39=2|32=100|31=150.25|14=216|151=0|`,
  ],
  207: () => [`150=0|39=0|14=0|151=207|`, `150=D|39=0|38=150|44=150|14=0|151=150|58=less|`],
  208: () => [
    `150=0|39=0|14=0|151=208|`,
    `17=TWICE|150=F|39=1|32=10|31=150.25|14=10|151=198|`,
    `17=TWICE|150=F|39=1|32=10|31=150.25|14=10|151=198|`,
    `150=F|39=1|32=8|31=150.25|14=99|151=190|`,
    `150=H|39=1|32=8|31=150.25|14=10|151=198|`,
  ],
  209: () => [`150=0|39=0|14=0|151=209|`, `150=0|39=0|14=0|151=209|`, `150=6|39=6|14=0|151=209|`],
  210: () => [`150=0|39=0|14=0|151=210|`, fill(10, 10, 200), `150=4|39=4|14=10|151=0|58=swept|`, fill(5, 15, 0)],
  211: (venue, order) => venue.refuse(order),
  212: (venue, order) => venue.refuseByName(order),
  213: (venue, order) => venue.refuseByNumber(order),
  214: (venue, order) => venue.invalidReports(order),
  215: () => [],
  222: () => [`150=0|39=0|14=0|151=222|60=20301231-00:00:00.004|`, fill(222, 222, 0) + SETTLED],
  223: () => [
    `150=0|39=0|14=0|151=223|31=0|32=0|103=0|1=THEIRS|58=|`,
    `150=F|39=1|32=100|31=150.123456789|14=100|151=123|${SETTLED}58=${"long ".repeat(20)}|`,
    `150=1|39=2|32=123|31=150.25|14=223|151=0|453=3|448=A|`,
  ],
  221: () => [`150=0|39=0|14=0|151=221|453=1|448=US|452=1|`, fill(221, 221, 0) + CONTRAS],
};

/** What a fill says beside its record. */
const SETTLED = "30=XNAS|75=20301231|64=20301231|29=1|12=0.01|13=1|851=2|5001=x|";

const CONTRAS = "382=2|375=A|337=T|437=200|375=B|437=21|136=1|137=0.1|138=USD|139=4|";

/** Answers to a cancel, by the order's quantity. */
const CANCELS: Record<string, (venue: WarmUpVenue, order: Message) => Report[]> = {
  202: () => [`150=6|39=6|14=0|151=202|`, `150=4|39=4|14=0|151=0|`],
  207: (venue, order) => venue.refuse(order),
  209: (venue, order) => venue.refuseChange(order, 1),
  214: (venue, order) => venue.refuseByName(order),
};

/** Answers to a replace, by the new quantity. */
const REPLACES: Record<string, (venue: WarmUpVenue, order: Message) => Report[]> = {
  302: () => [`150=E|39=E|38=302|14=0|151=302|`, `150=5|39=0|38=302|44=150.5|14=0|151=302|`],
  303: (venue, order) => venue.refuseChange(order, 2),
  304: (venue, order) => venue.refuse(order),
  305: () => [],
};

export class WarmUpVenue extends PeerSession {
  readonly line: PolledTransport;
  readonly port: number;
  /** Messages received, by MsgType. */
  readonly seen = new Map<string, number>();
  /** Refuses the next Logon. */
  refusesLogon = false;
  protected override readonly initiates = false;
  protected override readonly expectsRepeats = false;
  private readonly listenFd = sockets.listenTcp("127.0.0.1", 0, 8);
  private executions = 0;

  constructor(compId: string, clock: Clock, scratch: Scratch) {
    super(compId, { clock, keeps: "nothing" });
    this.line = new PolledTransport(this, sockets, scratch);
    this.port = sockets.localPort(this.listenFd);
  }

  /** Accepts a connection, sends and receives. Returns bytes received. */
  poll(): number {
    if (!this.connected) this.accept();
    return this.line.poll();
  }

  close(): void {
    this.drop();
    sockets.closeSocket(this.listenFd);
  }

  /** Answers neither TestRequests nor Logouts nor ResendRequests. */
  set unresponsive(unresponsive: boolean) {
    this.automatic = !unresponsive;
    this.answersLogout = !unresponsive;
  }

  /** Sends an ExecutionReport for an order, or for a cancel or replace with its OrigClOrdID. */
  report(order: Message, fields: Report): void {
    const orig = order.text(41);
    const ids = `11=${order.text(11)}|${orig === "" ? "" : `41=${orig}|`}`;
    const own = fields.startsWith("17=") ? "" : `17=${warmUpId(`E${++this.executions}`)}|`;
    const quantity = fields.includes("|38=") ? "" : `38=${order.text(38)}|`;
    this.send(
      "8",
      `37=${warmUpId(`V${order.text(34)}`)}|${ids}${own}55=${order.text(55)}|54=${order.text(54)}|${quantity}6=150.25|${fields}`,
    );
  }

  refuse(order: Message): Report[] {
    this.send("3", `45=${order.text(34)}|58=cannot read it|373=5|`);
    return [];
  }

  refuseByName(order: Message): Report[] {
    this.send("j", `45=${order.text(34)}|372=${order.text(35)}|379=${order.text(11)}|380=4|58=closed|`);
    return [];
  }

  refuseByNumber(order: Message): Report[] {
    this.send("j", `45=${order.text(34)}|372=${order.text(35)}|380=4|`);
    this.send("j", `45=99999999|380=4|`);
    this.send("3", `45=99999999|`);
    return [];
  }

  refuseChange(order: Message, response: number): Report[] {
    const ids = `11=${order.text(11)}|41=${order.text(41)}`;
    this.send("9", `37=V1|${ids}|39=0|434=${response}|102=0|58=no|`);
    this.send("9", `37=V1|${ids}|39=0|`);
    return [];
  }

  /** Sends reports that are unknown, incomplete or unreadable. */
  invalidReports(order: Message): Report[] {
    const id = order.text(11);
    this.report(order, "150=I|39=0|14=0|151=214|");
    this.report(order, "150=Z|39=0|14=0|151=214|");
    this.send("8", `37=V1|11=SOMEBODY|17=F1|150=0|39=0|`);
    this.send("8", `37=V1|17=F1|150=0|39=0|`);
    this.send("8", `37=V1|11=${id.replace(/\d+$/, "9999")}|17=F2|150=F|39=0|32=1|31=1|`);
    this.send("8", `37=V1|11=${id}|17=F3|39=0|`);
    this.send("8", `37=V1|11=${id}|17=F4|150=0|`);
    this.send("8", `37=V1|11=${id}|150=0|39=0|`);
    this.send("8", `37=${"V".repeat(40)}|11=${id}|17=F5|150=F|39=1|32=x|31=1.1.1|14=1e5|151=|`);
    this.send("8", `37=V1|11=${id}|17=F6|150=F|39=1|32=0|31=150.25|14=0|151=214|`);
    this.send("9", `11=${id}|39=0|434=1|102=0|`);
    this.send("B", `148=news|`);
    return [`150=0|39=0|14=0|151=214|`];
  }

  protected override onMessage(message: Message): void {
    const kind = `${message.possDup ? "again " : ""}${message.type}`;
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
  }

  protected override application(message: Message): void {
    const { type } = message;
    if (type === "D") this.answer(message, ANSWERS, [fill(100, 100, 0)]);
    else if (type === "F") this.answer(message, CANCELS, [`150=4|39=4|14=0|151=0|`]);
    else if (type === "G") this.answer(message, REPLACES, [`150=5|39=0|14=0|151=${message.text(38)}|`]);
  }

  protected override answerLogon(message: Message, more: readonly Field[]): void {
    if (this.refusesLogon) this.send("5", "58=not you|");
    else super.answerLogon(message, more);
    this.refusesLogon = false;
  }

  private answer(message: Message, table: typeof ANSWERS, otherwise: Report[]): void {
    if (message.possDup) return;
    const reports = table[message.text(38)]?.(this, message) ?? otherwise;
    for (const report of reports) this.report(message, report);
  }

  private accept(): void {
    const fd = sockets.acceptTcp(this.listenFd);
    if (fd < 0) return;
    sockets.setNoDelay(fd);
    this.line.open(fd);
  }
}

function fill(lastQty: number, cumQty: number, leavesQty: number): Report {
  return `150=F|39=${leavesQty === 0 ? 2 : 1}|32=${lastQty}|31=150.25|14=${cumQty}|151=${leavesQty}|`;
}
