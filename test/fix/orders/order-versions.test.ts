import { describe, expect, test } from "bun:test";
import { frame } from "../../../src/counterparty/message.ts";
import { FAULTY, OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { RequestWriter, requestType } from "../../../src/fix/orders/request-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { CapturedSession, codec, records } from "../wire/captured-session.ts";
import { bytesOf, fields } from "../wire/messages.ts";
import { fieldsOf } from "./fields-of.ts";

const request = new OrderRequest(records);
const NEW = "35=D|34=2|11=A|21=1|38=100|40=2|44=9|54=1|55=AAPL|60=20261124-01:02:03|";
const CANCEL = "35=F|34=2|11=C|38=100|41=A|54=1|55=AAPL|60=20261124-01:02:03|125=F|";

function read(name: string, body: string): [result: number, refTag: number, reason: number] {
  const text = frame(body, versionOf(name).beginString);
  const scanner = new Scanner(8192);
  expect(scanner.scan(bytesOf(text), 0, text.length)).toBe(text.length);
  const reader = new OrderReader();
  const result = reader.read(scanner, request.aim(0), versionOf(name));
  return [result, reader.refTag, reader.reason];
}

const without = (body: string, tag: number): string => body.replace(new RegExp(`\\|${tag}=[^|]*`), "");

describe.each(VERSION_NAMES)("%s", (name) => {
  const version = versionOf(name);

  test("an order and a cancel are read", () => {
    expect([read(name, NEW)[0], read(name, CANCEL)[0]]).toEqual([READ, READ]);
  });

  test("CxlType is required where the version has it", () => {
    expect(read(name, without(CANCEL, 125))).toEqual(version.hasCxlType ? [FAULTY, 125, 1] : [READ, 0, 0]);
    // A cancel of a part of the order would be a replace.
    expect(read(name, CANCEL.replace("125=F", "125=P"))).toEqual(version.hasCxlType ? [FAULTY, 125, 5] : [READ, 0, 0]);
  });

  test("over FIXT a message may name a version of its own, and is read by that", () => {
    const named = (id: string): string => without(CANCEL, 125).replace("34=2|", `34=2|1128=${id}|`);
    const isFixt = version.applVerId !== "";
    expect(read(name, named("2"))).toEqual(isFixt ? [FAULTY, 125, 1] : read(name, without(CANCEL, 125)));
    if (isFixt) expect([read(name, named("9"))[0], read(name, named("99"))]).toEqual([READ, [FAULTY, 1128, 18]]);
  });

  test("an order and a cancel are written with the version's fields", () => {
    const written = (body: string): Map<number, string> => {
      read(name, body);
      request.number = 7;
      request.origNumber = 6;
      const captured = new CapturedSession("A", "B", { version });
      new RequestWriter(codec, new VenueId(1)).write(
        captured.session,
        request,
        0,
        fieldsOf(name, requestType(request)),
        0,
        true,
      );
      return fields(captured.ended());
    };
    const stamp = version.timeDecimals === 0 ? "19700101-00:00:00" : "19700101-00:00:00.000";
    // As the client said it.
    const time = version.hasTransactTime ? "20261124-01:02:03" : undefined;
    expect([8, 21, 52, 60, 125].map((tag) => written(NEW).get(tag))).toEqual([
      version.beginString,
      "1",
      stamp,
      time,
      undefined,
    ]);
    expect([60, 125, 38].map((tag) => written(CANCEL).get(tag))).toEqual([
      time,
      version.hasCxlType ? "F" : undefined,
      "100",
    ]);
  });
});
