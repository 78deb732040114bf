// One thread: scans a FIX order (frame, CheckSum, fields, CompIDs, SendingTime), then reads it into a record.

import { frame } from "../src/counterparty/message.ts";
import { OrderReader, READ } from "../src/fix/orders/request-in.ts";
import { Scanner } from "../src/fix/wire/scan.ts";
import { OrderRequest } from "../src/record/order-request.ts";
import { CapturedSession, codec, records } from "../test/fix/wire/captured-session.ts";
import { bytesOf } from "../test/fix/wire/messages.ts";
import { bench, scaled } from "./measure.ts";

const TURNS = scaled(1_000_000);
const text = frame(
  "35=D|49=CLIENT|56=GATEWAY|34=1234567|52=20261124-01:02:03.123|11=W1234567890|1=ACC1|21=1|55=AAPL|54=1|38=100|40=2|44=150.25|59=0|60=20261124-01:02:03.123|",
);
const bytes = codec.input;
bytes.set(bytesOf(text));
const scanner = new Scanner(8192, codec);
scanner.expect(new CapturedSession("GATEWAY", "CLIENT").session.identity.peerTexts);
const reader = new OrderReader(codec);
const request = new OrderRequest(records);

function scan(turns: number): number {
  let fields = 0;
  for (let i = 0; i < turns; i++) {
    scanner.scan(bytes, 0, text.length);
    fields += scanner.count;
  }
  return fields / turns;
}

function read(turns: number): number {
  let good = 0;
  for (let i = 0; i < turns; i++) if (reader.read(scanner, request) === READ) good++;
  return good;
}

bench(`scan of an order of ${text.length} bytes`, TURNS, scan, 17);
bench("the same order read into its record", TURNS, read, TURNS);
