// What fields beside the record cost: CPU time of a gateway process with parked lanes for each order and its acknowledgement,
// plain and with more fields, and for each fill of 4.2; and the journal's bytes. To compare executables, name them: they
// run in turns. bun bench/fields.ts [EXECUTABLE…]
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientPeer } from "../src/counterparty/client.ts";
import { type Body, LOGON, type Message } from "../src/counterparty/message.ts";
import { connectTo, listenFor } from "../src/counterparty/tcp.ts";
import { type PeerOrder, VenuePeer } from "../src/counterparty/venue.ts";
import type { Version } from "../src/counterparty/version.ts";
import { freePort } from "../test/e2e/ports.ts";
import { gatewayCommand, stopped } from "./gateway-run.ts";
import { check, median, report, scaled, TINY } from "./measure.ts";

const ORDERS = scaled(10_000, 200);
const FILLS_EACH = 5;
/** Orders under way. */
const WINDOW = 100;
const TURNS = TINY ? 1 : 3;
/** Of one process; the least of them counts. */
const ROUNDS = TINY ? 1 : 4;
const PARTIES: Body = "453=2|448=DESK7|447=D|452=13|802=1|523=TRADER1|803=2|448=CLEARER|447=C|452=4|";
const DOZEN: Body = "15=USD|18=G|58=a note|63=0|77=O|110=10|114=N|120=USD|528=A|581=1|582=4|635=C|";

class Trader extends ClientPeer {
  acknowledged = 0;
  filled = 0;
  reason = "";

  constructor(compId: string, version: Version) {
    super(compId, { version, keeps: "nothing" });
  }

  protected override application(message: Message): void {
    const type = message.text(150);
    if (type === "F" || type === "1" || type === "2") this.filled++;
    else this.acknowledged++;
    if (type === "8") this.reason = message.text(58);
  }

  protected override rejected(message: Message): void {
    this.acknowledged++;
    this.reason = message.text(58);
  }
}

class Market extends VenuePeer {
  constructor(compId: string, version: Version) {
    super(compId, { version, keeps: "nothing" });
  }
}

/** Figures of one run, by name. */
type Figures = Map<string, { value: number; unit: string }>;

function configOf(clientPort: number, ports: readonly number[]): string {
  const venues = ["44", "42"].map(
    (name, i) => `
[client.sessions.C${name}]
version = "FIX.4.${name[1]}"
accounts = ["ACC1"]
[venues.V${name}]
address = "127.0.0.1:${ports[i]}"
version = "FIX.4.${name[1]}"
reconnectMinMs = 20
[symbols.S${name}]
venue = "V${name}"
referencePrice = "150"`,
  );
  return `
[lanes]
preset = "one"
idle = "park"
[client]
listen = "127.0.0.1:${clientPort}"
[risk]
collarPercent = 10
${venues.join("\n")}
[risk.accounts.ACC1]
maxOrderQty = 100_000
maxOrderNotional = 900_000_000_000
maxOpenOrders = 262_144
ordersPerSecond = 10_000_000
[core]
maxOrders = 262_144
[journal]
segmentMiB = 16
snapshotMiB = 0
`;
}

/** Starts one executable and measures it. */
async function measure(command: readonly string[]): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const ports = [freePort(), freePort(), freePort()] as const;
  const config = join(dir, "gateway.toml");
  writeFileSync(config, configOf(ports[2], ports));
  const markets = [new Market("V44", "FIX.4.4"), new Market("V42", "FIX.4.2")] as const;
  const listeners = markets.map((market, i) => listenFor(market, ports[i]!));
  const logons = markets.map((market) => market.waitType(LOGON));
  const gateway = Bun.spawn([...command, "run", "--config", config, "--data", join(dir, "data")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await Promise.all(logons);
    const traders = [new Trader("C44", "FIX.4.4"), new Trader("C42", "FIX.4.2")] as const;
    for (const trader of traders) {
      const logon = trader.waitType(LOGON);
      await connectTo(trader, ports[2]);
      trader.sendLogon(true);
      await logon;
    }
    await Bun.sleep(200);
    return await figuresOf(gateway.pid, join(dir, "data"), traders, markets);
  } finally {
    await stopped(gateway);
    for (const listener of listeners) listener.stop(true);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function figuresOf(
  pid: number,
  data: string,
  [trader, old]: readonly [Trader, Trader],
  [, oldMarket]: readonly [Market, Market],
): Promise<Figures> {
  const figures: Figures = new Map();
  const fills = ORDERS * FILLS_EACH;
  const least = (name: string, value: number, unit: string): void => {
    figures.set(name, { value: Math.min(value, figures.get(name)?.value ?? value), unit });
  };
  const timed = async (name: string, count: number, run: () => Promise<void>): Promise<void> => {
    const bytes = journalBytes(data);
    const cpuUs = cpuOf(pid);
    await run();
    least(name, (cpuOf(pid) - cpuUs) / count, "us CPU");
    least(`${name}, journal`, (journalBytes(data) - bytes) / count, "bytes");
  };
  const all = `${PARTIES}${DOZEN}`;
  await send(trader, "S44", all, WINDOW);
  const carriesAll = trader.reason === "";
  if (!carriesAll) console.log(`order with Parties and twelve more fields: refused, ${trader.reason}`);
  trader.reason = "";
  // Each kind has been run often before it is measured.
  for (const more of ["", PARTIES, ...(carriesAll ? [all] : [])]) await send(trader, "S44", more, ORDERS);
  await send(old, "S42", "", ORDERS);
  await fillAll(old, oldMarket.orders.splice(0), oldMarket);
  const filled = old.filled;
  const kinds = Object.entries({
    "plain order": "",
    "order with Parties": PARTIES,
    ...(carriesAll ? { "order with Parties and twelve more fields": all } : {}),
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, more] of kinds) await timed(name, ORDERS, () => send(trader, "S44", more, ORDERS));
    await timed("plain order of 4.2", ORDERS, () => send(old, "S42", "", ORDERS));
    await timed("fill of 4.2", fills, () => fillAll(old, oldMarket.orders.splice(0), oldMarket));
  }
  check("refusals", trader.reason, "");
  check("fills that reached the client", old.filled - filled, ROUNDS * fills);
  return figures;
}

/** Sends orders, and waits for their acknowledgements. */
async function send(trader: Trader, symbol: string, more: Body, count: number): Promise<void> {
  const end = trader.acknowledged + count;
  for (let sent = 0; sent < count; ) {
    for (let i = 0; i < WINDOW && sent < count; i++, sent++) trader.order({ 55: symbol }, more);
    const until = end - count + sent;
    while (trader.acknowledged < until) await Bun.sleep(0);
  }
}

/** Fills each order in steps. */
async function fillAll(trader: Trader, orders: readonly PeerOrder[], market: Market): Promise<void> {
  let expected = trader.filled;
  for (const order of orders) {
    for (let i = 0; i < FILLS_EACH; i++) market.fill(order, 10, "149.5");
    expected += FILLS_EACH;
    while (trader.filled < expected - WINDOW * FILLS_EACH) await Bun.sleep(0);
  }
  while (trader.filled < expected) await Bun.sleep(0);
}

/** CPU time of all threads of a process, microseconds. */
function cpuOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const ranNs = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1").split(" ")[0]),
  );
  return ranNs.reduce((sum, ns) => sum + ns, 0) / 1000;
}

/** Bytes of all segments up to their last one that is not zero. */
function journalBytes(data: string): number {
  let bytes = 0;
  for (const name of readdirSync(data, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".journal")) continue;
    const content = readFileSync(join(data, name));
    let end = content.length;
    while (end > 0 && content[end - 1] === 0) end--;
    bytes += end;
  }
  return bytes;
}

const executables = process.argv.slice(2);
const commands = executables.length === 0 ? [gatewayCommand()] : executables.map((path) => [path]);
const all = commands.map(() => new Map<string, { values: number[]; unit: string }>());
for (let turn = 0; turn < TURNS; turn++) {
  for (const [i, command] of commands.entries()) {
    for (const [name, { value, unit }] of await measure(command)) {
      const kept = all[i]!.get(name) ?? { values: [], unit };
      kept.values.push(value);
      all[i]!.set(name, kept);
    }
  }
}
for (const [i, figures] of all.entries()) {
  const of = commands.length === 1 ? "" : `, ${executables[i]}`;
  for (const [name, { values, unit }] of figures) report(`${name}${of}`, median(values), unit);
}
process.exit(0);
