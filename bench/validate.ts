// One thread: cost of the dictionary's check of a scanned order.

import { frame } from "../src/counterparty/message.ts";
import { builtIn } from "../src/fix/dictionary/built-in.ts";
import { Dictionary } from "../src/fix/dictionary/dictionary.ts";
import { STRICT, VALID, Validator } from "../src/fix/dictionary/validator.ts";
import { Scanner } from "../src/fix/wire/scan.ts";
import { bytesOf } from "../test/fix/wire/messages.ts";
import { bench, check, scaled } from "./measure.ts";

const TURNS = scaled(1_000_000);
const HEAD = "35=D|49=CLIENT|56=GATEWAY|34=1234567|52=20261124-01:02:03.123|";
const PLAIN = `${HEAD}11=W1234567890|1=ACC1|21=1|18=G|207=XNAS|55=AAPL|54=1|38=100|40=2|44=150.25|15=USD|59=0|60=20261124-01:02:03.123|58=desk 4|`;
const GROUPED = `${HEAD}11=W1234567890|453=2|448=TRADER|447=D|452=11|802=1|523=X|803=4|448=FIRM|447=D|452=1|55=AAPL|54=1|38=100|40=1|60=20261124-01:02:03.123|`;
const validator = new Validator(new Dictionary(builtIn("FIX.4.4")!), STRICT);

function scanned(body: string): Scanner {
  const text = frame(body);
  const scanner = new Scanner(8192);
  check("the order scans", scanner.scan(bytesOf(text), 0, text.length), text.length);
  return scanner;
}

const plain = scanned(PLAIN);
const grouped = scanned(GROUPED);
const refused = scanned(PLAIN.replace("58=desk 4", "58="));

function run(scanner: Scanner, turns: number): number {
  let good = 0;
  for (let i = 0; i < turns; i++) if (validator.check(scanner) === VALID) good++;
  return good;
}

const fields = (scanner: Scanner): number => scanner.count + 1;
check("fields of the plain order", fields(plain), 22);
bench(`validation of an order of ${fields(plain)} fields`, TURNS, (turns) => run(plain, turns), TURNS);
bench(`validation of an order with parties, ${fields(grouped)} fields`, TURNS, (turns) => run(grouped, turns), TURNS);
check("orders with an empty field that pass", run(refused, 10), 0);
