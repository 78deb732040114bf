import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import type { Socket, TCPSocketListener } from "bun";
import { frame, LOGON, LOGOUT, Message, now, TEST_REQUEST } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Gateway } from "./gateway.ts";

setDefaultTimeout(60_000);

type Fields = [number, string | number][];

/** An exchange that answers each Logon as the test says, and keeps what came and when. */
class Exchange {
  readonly logons: { at: number; message: Message }[] = [];
  readonly came: Message[] = [];
  private listener: TCPSocketListener<undefined> | undefined;
  private socket: Socket<undefined> | undefined;

  constructor(
    private readonly port: number,
    public answer: (exchange: Exchange, logon: Message) => void,
  ) {}

  listen(): this {
    this.listener = Bun.listen<undefined>({
      hostname: "127.0.0.1",
      port: this.port,
      socket: {
        open: (socket) => {
          this.socket = socket;
        },
        data: (_socket, bytes) => {
          for (const text of bytes.toString("latin1").split(/(?<=\x0110=\d\d\d\x01)/)) this.take(new Message(text));
        },
      },
    });
    return this;
  }

  private take(message: Message): void {
    this.came.push(message);
    if (message.type !== LOGON) return;
    this.logons.push({ at: Date.now(), message });
    this.answer(this, message);
  }

  say(type: string, sequence: number, body: Fields, time = now()): void {
    const head: Fields = [
      [35, type],
      [34, sequence],
      [49, "VENUE"],
      [52, time],
      [56, "GATEWAY"],
    ];
    this.socket!.write(frame([...head, ...body]));
  }

  hangUp(): void {
    this.socket!.end();
  }

  stop(): void {
    this.listener?.stop(true);
  }

  /** Waits for the answer to a TestRequest with this number. */
  async heartbeat(sequence: number): Promise<Message> {
    this.say(TEST_REQUEST, sequence, [[112, `T${sequence}`]]);
    return until("a Heartbeat", () => this.came.find((message) => message.get(112) === `T${sequence}`) ?? null);
  }
}

let gateway: Gateway;
let exchange: Exchange;

afterEach(async () => {
  exchange.stop();
  await gateway.remove();
});

async function start(answer: (exchange: Exchange, logon: Message) => void): Promise<void> {
  gateway = new Gateway();
  exchange = new Exchange(gateway.venuePort, answer).listen();
  await gateway.start();
}

const PLAIN: Fields = [
  [98, 0],
  [108, 30],
];

test("a refused Logon is tried again with growing pauses; the log has the venue's words and the remedy", async () => {
  await start((one, logon) => {
    one.say(LOGOUT, one.logons.length, [[58, `wrong password of ${logon.get(49)}`]]);
    one.hangUp();
  });
  await until("three Logons", () => exchange.logons.length >= 3, 10_000);
  const [first, second, third] = exchange.logons.map(({ at }) => at);
  expect(second! - first!).toBeGreaterThan(900);
  expect(third! - second!).toBeGreaterThan(1_900);
  await gateway.said('venue VENUE: down: Logon refused by the peer, it said "wrong password of GATEWAY"');
  await gateway.said(/sallyport sequence.*The next try is in 1 s/);
  await gateway.said(/The next try is in 2 s/);
});

test("a venue that begins again at 1 is tried again with growing pauses, and the log says what to do", async () => {
  await start((one) => one.say(LOGON, 1, PLAIN));
  await until("a session", () => exchange.logons.length === 1);
  await exchange.heartbeat(2);
  exchange.hangUp();
  await until("three more Logons", () => exchange.logons.length >= 4, 15_000);
  const at = exchange.logons.map((logon) => logon.at);
  expect(at[2]! - at[1]!).toBeGreaterThan(900);
  expect(at[3]! - at[2]!).toBeGreaterThan(1_900);
  await gateway.said(/down: MsgSeqNum too low.*resetOnLogon = true/);
  const logout = exchange.came.find((message) => message.type === LOGOUT);
  expect(logout?.get(58)).toBe("MsgSeqNum too low, expecting 3 but received 1");
});

test("a venue that resets unasked resets both sides, also for the next start", async () => {
  let resets = false;
  await start((one) => {
    if (resets) one.say(LOGON, 1, [...PLAIN, [141, "Y"]]);
    else one.say(LOGON, 1, PLAIN);
  });
  await until("a session", () => exchange.logons.length === 1);
  await exchange.heartbeat(2);
  await exchange.heartbeat(3);
  resets = true;
  exchange.hangUp();
  await until("another", () => exchange.logons.length === 2);
  expect(exchange.logons[1]!.message.sequence).toBe(4);
  exchange.came.length = 0;
  await gateway.crash();
  await gateway.start();
  await until("one more", () => exchange.logons.length === 3);
  // Our Logon of before the reset was number 1 of the new numbers.
  expect(exchange.logons[2]!.message.sequence).toBe(2);
  expect((await exchange.heartbeat(2)).sequence).toBe(2);
});

test.each([
  ["without any field", [], now()],
  ["with picoseconds", PLAIN, `${now().slice(0, 17)}.123456789012`],
  ["without EncryptMethod", [[108, 30]], now()],
] as [string, Fields, string][])("a venue's answer %s is taken", async (_, body, time) => {
  await start((one) => one.say(LOGON, 1, body, time.replace(/^.{17}/, now().slice(0, 17))));
  await until("a Logon", () => exchange.logons.length === 1);
  expect((await exchange.heartbeat(2)).sequence).toBe(2);
  expect(exchange.logons.length).toBe(1);
});
