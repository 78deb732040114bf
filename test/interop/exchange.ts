import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "../../src/counterparty/message.ts";
import type { Version } from "../../src/counterparty/version.ts";
import { Client } from "../e2e/client.ts";
import { configOf, Gateway } from "../e2e/gateway.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { type Line, Party } from "./flow.ts";

/** An order of the client, and its OrderID at the exchange. */
export interface Pair {
  clOrdId: string;
  readonly exchange: string;
  readonly quantity: number;
}

/** A client, the gateway and an exchange on the QuickFIX library that follows commands (quickfix/exchange.cpp). */
export class ExchangeFlow implements AsyncDisposable {
  readonly gateway = new Gateway();
  readonly client: Client;
  readonly exchange: Party;
  private readonly directory = mkdtempSync(join(tmpdir(), "sallyport-exchange-"));
  private quantity = 100;

  constructor(
    program: string,
    private readonly clientVersion: Version,
    private readonly venueVersion: Version,
    venueOptions = "",
  ) {
    const { clientPort, venuePort, configFile } = this.gateway;
    const venue = `version = "${venueVersion}"\n${venueOptions}`;
    const alice = "[client.sessions.ALICE]\n";
    const config = configOf({ clientPort, venuePort, venue });
    writeFileSync(configFile, config.replace(alice, `${alice}version = "${clientVersion}"\n`));
    this.client = new Client("ALICE", clientPort, { version: clientVersion });
    this.exchange = new Party({ command: [program] }, "venue", venueVersion, venuePort, this.directory);
  }

  async start(): Promise<void> {
    await this.exchange.start();
    await this.gateway.start();
    await this.gateway.said(/venue VENUE: up/);
    await this.client.logon();
  }

  /** Kills the gateway, as a power cut would, and starts it again. */
  async restartGateway(): Promise<void> {
    const from = this.gateway.log.length;
    await this.gateway.crash();
    await this.gateway.start();
    await this.gateway.said(/venue VENUE: up/, from);
    await this.client.logon();
  }

  /** Sends an order of about 100 for 150; resolves once the exchange has acknowledged it. */
  async order(): Promise<Pair> {
    const quantity = ++this.quantity;
    const clOrdId = this.client.order({ 38: quantity });
    const came = (line: Line) =>
      line.kind === "S" && line.fields.get(38) === String(quantity) && line.fields.get(39) === "0";
    await until(
      `order of ${quantity} at the exchange`,
      () => this.exchange.lines().some(came),
      PATIENCE_MS,
      this.state,
    );
    await this.client.report(clOrdId, "0");
    return { clOrdId, exchange: this.exchange.lines().find(came)!.fields.get(37)!, quantity };
  }

  /** Resolves once the exchange has done it. Returns the ExecID of the report that it sent last, or "". */
  async command(line: string): Promise<string> {
    const before = this.exchange.lines().length;
    const news = () => this.exchange.lines().slice(before);
    this.exchange.say(line);
    await until(
      `"${line}" done`,
      () => news().some(({ kind, text }) => kind === "C" && text === `C ${line}`),
      PATIENCE_MS,
    );
    return (
      news()
        .findLast(({ kind }) => kind === "S")
        ?.fields.get(17) ?? ""
    );
  }

  /** A trade. Returns its ExecID at the exchange. */
  fill(order: Pair, quantity: number, price = 150): Promise<string> {
    return this.command(`fill ${order.exchange} ${quantity} ${price}`);
  }

  async cancel(order: Pair): Promise<void> {
    order.clOrdId = this.client.cancel(order.clOrdId);
    await this.client.report(order.clOrdId, "4");
  }

  async replace(order: Pair, quantity: number): Promise<void> {
    order.clOrdId = this.client.replace(order.clOrdId, { 38: quantity });
    await this.client.report(order.clOrdId, "5");
  }

  /** Waits until the client has as many reports of an order as the exchange has sent. Returns both sides in the same words. */
  async reports(order: Pair): Promise<{ sent: string[]; received: string[] }> {
    const sent = () =>
      this.exchange.lines().flatMap(({ kind, fields }) => {
        const isOurs = kind === "S" && fields.get(35) === "8" && fields.get(37) === order.exchange;
        return isOurs ? [(tag: number) => fields.get(tag)] : [];
      });
    const received = () => {
      const all = this.client.received.filter(({ type }) => type === "8");
      const orderId = all.find((message) => message.get(11) === order.clOrdId)?.get(37);
      const ours = all.filter((message) => message.get(37) === orderId);
      // By number: what was on its way when the gateway was killed comes later, by a resend.
      const byNumber = new Map(ours.map((message) => [message.number(34), message]));
      return [...byNumber].toSorted(([a], [b]) => a - b).map(([, message]) => reader(message));
    };
    const all = () => received().length >= sent().length;
    await until(`reports of ${order.exchange}`, all, PATIENCE_MS, this.state).catch(() => {});
    return { sent: wordsOf(sent(), this.venueVersion), received: wordsOf(received(), this.clientVersion) };
  }

  /** Resolves once an alarm about the order is in the log, from `from` on. */
  async alarmed(order: Pair, from: number): Promise<void> {
    await this.gateway.said(new RegExp(`ALARM .*\\b(${order.clOrdId}|${order.exchange})\\b`), from);
  }

  /** What QuickFIX or the client found wrong. */
  faults(): string[] {
    const theirs = this.exchange.lines().filter(({ kind }) => kind === "E");
    return [...theirs.map(({ text }) => text), ...this.client.faults];
  }

  private readonly state = () =>
    `${this.exchange
      .lines()
      .map(({ text }) => text)
      .slice(-8)
      .join("\n")}\n${this.gateway.log}`;

  async [Symbol.asyncDispose](): Promise<void> {
    await this.exchange.kill();
    await this.gateway.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

type Reader = (tag: number) => string | undefined;

const reader =
  (message: Message): Reader =>
  (tag) =>
    message.get(tag);

const OLD: readonly Version[] = ["FIX.4.0", "FIX.4.1", "FIX.4.2"];
const EVENTS: Readonly<Record<string, string>> = { F: "trade", H: "bust", G: "correction", I: "status" };
const OLD_EVENTS: Readonly<Record<string, string>> = { 1: "bust", 2: "correction", 3: "status" };

/** The event of a report, in words that do not depend on the version. */
function eventOf(get: Reader, version: Version): string {
  const execType = get(150) ?? get(39) ?? "";
  if (!OLD.includes(version)) return EVENTS[execType] ?? execType;
  // FIX 4.0 has no ExecType: a trade is known by its quantity.
  const isTrade = version === "FIX.4.0" ? Number(get(32)) > 0 : execType === "1" || execType === "2";
  return OLD_EVENTS[get(20) ?? "0"] ?? (isTrade ? "trade" : execType);
}

/** One line for each report: event, OrdStatus, quantity and price of the trade, totals, and which report it is about. */
function wordsOf(reports: readonly Reader[], version: Version): string[] {
  const ids = reports.map((get) => get(17));
  return reports.map((get) => {
    const event = eventOf(get, version);
    const [last, price, cum, average, quantity] = [32, 31, 14, 6, 38].map((tag) => Number(get(tag) ?? 0));
    const leaves = Number(get(151) ?? (/[015]/.test(get(39) ?? "") ? quantity! - cum! : 0));
    const isTrade = ["trade", "bust", "correction"].includes(event);
    const about = get(19) === undefined || !isTrade ? "" : ` of report ${ids.indexOf(get(19)) + 1}`;
    // Before 4.3 a replaced order has that as its state.
    const status = event === "5" ? "" : ` ${get(39)}`;
    return `${event}${status}${isTrade ? ` ${last}@${price}` : ""}: ${cum} done at ${average}, ${leaves} left${about}`;
  });
}
