// The venue on the stage: what it answers to an order is told by the order's quantity. Cold.

import { acceptTcp, closeSocket, listenTcp, localPort } from "../../ffi/socket.ts";
import { get, Peer } from "./peer.ts";

/** A report's own fields, after its order's. */
type Report = string;

/** Answers to a NewOrderSingle by OrderQty; all others are filled at once. `$` stands for a new ExecID. */
const ANSWERS: Record<string, (market: Market, order: string) => Report[]> = {
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
    `150=G|39=1|32=90|31=150.25|14=90|151=116|`,
  ],
  207: () => [`150=0|39=0|14=0|151=207|`, `150=D|39=0|38=150|44=150|14=0|151=150|58=less|`],
  208: () => [
    `150=0|39=0|14=0|151=208|`,
    `17=TWICE|150=F|39=1|32=10|31=150.25|14=10|151=198|`,
    `17=TWICE|150=F|39=1|32=10|31=150.25|14=10|151=198|`,
    `150=F|39=1|32=8|31=150.25|14=99|151=190|`,
    `150=H|39=1|32=8|31=150.25|14=10|151=198|`,
    `17=TWICE|150=H|39=1|32=10|31=150.25|14=0|151=208|`,
  ],
  209: () => [`150=0|39=0|14=0|151=209|`, fill(999, 999, 0), `150=5|39=0|38=1|14=0|151=1|`, `150=6|39=6|14=0|151=0|`],
  210: () => [`150=0|39=0|14=0|151=210|`, fill(10, 10, 200), `150=4|39=4|14=10|151=0|58=swept|`, fill(5, 15, 0)],
  211: (market, order) => market.refuse(order),
  212: (market, order) => market.refuseByName(order),
  213: (market, order) => market.refuseByNumber(order),
  214: (market, order) => market.mumble(order),
  215: () => [],
  221: () => [`150=0|39=0|14=0|151=221|453=1|448=US|452=1|`, fill(221, 221, 0) + CONTRAS],
};

const CONTRAS = "382=2|375=A|337=T|437=200|375=B|437=21|136=1|137=0.1|138=USD|139=4|";

/** Answers to a cancel, by the order's quantity. */
const CANCELS: Record<string, (market: Market, order: string) => Report[]> = {
  202: () => [`150=6|39=6|14=0|151=202|`, `150=4|39=4|14=0|151=0|`],
  207: (market, order) => market.refuse(order),
  209: (market, order) => market.refuseChange(order, 1),
  214: (market, order) => market.refuseByName(order),
};

/** Answers to a replace, by the new quantity. */
const REPLACES: Record<string, (market: Market, order: string) => Report[]> = {
  302: () => [`150=E|39=E|38=302|14=0|151=302|`, `150=5|39=0|38=302|44=150.5|14=0|151=302|`],
  303: (market, order) => market.refuseChange(order, 2),
  304: (market, order) => market.refuse(order),
  305: () => [],
};

export class Market extends Peer {
  readonly listenFd = listenTcp("127.0.0.1", 0, 8);
  readonly port = localPort(this.listenFd);
  /** Refuses the next Logon. */
  unwilling = false;
  /** Neither answers TestRequests nor Logouts. */
  sulking = false;
  private executions = 0;

  override poll(): number {
    if (!this.connected) this.accept();
    return super.poll();
  }

  close(): void {
    this.drop(true);
    closeSocket(this.listenFd);
  }

  /** One ExecutionReport about an order, by its ClOrdID or by a change's and its original. */
  report(order: string, fields: Report): void {
    const orig = get(order, 41);
    const ids = `11=${get(order, 11)}|${orig === "" ? "" : `41=${orig}|`}`;
    const own = fields.startsWith("17=") ? "" : `17=E${++this.executions}|`;
    const quantity = fields.includes("|38=") ? "" : `38=${get(order, 38)}|`;
    this.send(
      "8",
      `37=V${get(order, 34)}|${ids}${own}55=${get(order, 55)}|54=${get(order, 54)}|${quantity}6=150.25|${fields}`,
    );
  }

  refuse(order: string): Report[] {
    this.send("3", `45=${get(order, 34)}|58=cannot read it|373=5|`);
    return [];
  }

  refuseByName(order: string): Report[] {
    this.send("j", `45=${get(order, 34)}|372=${get(order, 35)}|379=${get(order, 11)}|380=4|58=closed|`);
    return [];
  }

  refuseByNumber(order: string): Report[] {
    this.send("j", `45=${get(order, 34)}|372=${get(order, 35)}|380=4|`);
    this.send("j", `45=99999999|380=4|`);
    this.send("3", `45=99999999|`);
    return [];
  }

  refuseChange(order: string, response: number): Report[] {
    const ids = `11=${get(order, 11)}|41=${get(order, 41)}`;
    this.send("9", `37=V1|${ids}|39=0|434=${response}|102=0|58=no|`);
    this.send("9", `37=V1|${ids}|39=0|`);
    return [];
  }

  /** What means nothing to us, or lacks what it must have. */
  mumble(order: string): Report[] {
    const id = get(order, 11);
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

  protected override take(type: string, message: string): void {
    this.count(`${get(message, 43) === "Y" ? "again " : ""}${type}`);
    if (type === "D") this.answer(message, ANSWERS, [fill(100, 100, 0)]);
    else if (type === "F") this.answer(message, CANCELS, [`150=4|39=4|14=0|151=0|`]);
    else if (type === "G") this.answer(message, REPLACES, [`150=5|39=0|14=0|151=${get(message, 38)}|`]);
    else if (type === "A") this.logon(message);
    else if (this.sulking) return;
    else if (type === "1") this.send("0", `112=${get(message, 112)}|`);
    else if (type === "2") this.fillGap(Number(get(message, 7)));
    else if (type === "5") this.send("5");
  }

  /** Our messages from `begin` on are not worth repeating. */
  fillGap(begin: number): void {
    const header = `43=Y|122=${this.time}|`;
    this.write(this.text({ type: "4", sequence: begin, header, body: `123=Y|36=${this.nextOut}|` }));
  }

  private answer(message: string, table: typeof ANSWERS, otherwise: Report[]): void {
    if (get(message, 43) === "Y") return;
    const reports = table[get(message, 38)]?.(this, message) ?? otherwise;
    for (const report of reports) this.report(message, report);
  }

  private logon(message: string): void {
    if (this.unwilling) {
      this.unwilling = false;
      this.send("5", "58=not you|");
      return;
    }
    if (get(message, 141) === "Y") this.nextOut = 1;
    this.send("A", `98=0|108=${get(message, 108)}|`);
  }

  private accept(): void {
    const fd = acceptTcp(this.listenFd);
    if (fd >= 0) this.attach(fd);
  }
}

function fill(lastQty: number, cumQty: number, leavesQty: number): Report {
  return `150=F|39=${leavesQty === 0 ? 2 : 1}|32=${lastQty}|31=150.25|14=${cumQty}|151=${leavesQty}|`;
}
