import { describe, expect, test } from "bun:test";
import { bodyText, fields, frame, Message, SOH, Splitter, utcTimestamp } from "../../src/counterparty/message.ts";

/** Of the FIX 4.2 specification's example session: BodyLength and CheckSum worked out by hand. */
const KNOWN = "8=FIX.4.2|9=65|35=A|49=SERVER|56=CLIENT|34=177|52=20090107-18:15:16|98=0|108=30|10=062|";

function soh(text: string): string {
  return text.replaceAll("|", SOH);
}

test("BodyLength and CheckSum are those of a known message", () => {
  const body = KNOWN.slice(KNOWN.indexOf("35="), KNOWN.indexOf("10=062"));
  expect(frame(body, "FIX.4.2")).toBe(soh(KNOWN));
  expect(frame(fields(body), "FIX.4.2")).toBe(soh(KNOWN));
});

test("fields are found by tag, groups keep their order", () => {
  const message = new Message(frame("35=D|34=7|43=Y|453=2|448=A|448=B|58=8=x|"));
  expect([message.type, message.sequence, message.possDup]).toEqual(["D", 7, true]);
  expect([message.get(8), message.get(448), message.get(58), message.get(1)]).toEqual([
    "FIX.4.4",
    "A",
    "8=x",
    undefined,
  ]);
  expect([message.text(1), message.number(453), message.number(1)]).toEqual(["", 2, Number.NaN]);
  const inOrder = message.fields.map(([tag, value]) => `${tag}=${value}|`).join("");
  expect(inOrder).toContain("453=2|448=A|448=B|58=8=x|10=");
});

test("the content is the same in a message and when it is sent again", () => {
  const first = new Message(frame("35=8|34=7|49=A|52=20260101-00:00:00.000|56=B|11=X|14=5|"));
  const again = new Message(
    frame("35=8|34=7|49=A|52=20260102-00:00:00.000|56=B|43=Y|122=20260101-00:00:00|11=X|14=5|"),
  );
  const other = new Message(frame("35=8|34=7|49=A|52=20260101-00:00:00.000|56=B|11=X|14=6|"));
  expect(again.content).toBe(first.content);
  expect(other.content).not.toBe(first.content);
});

test("a text body and a list of fields are the same", () => {
  expect(bodyText("11=A|38=100|")).toBe(
    bodyText([
      [11, "A"],
      [38, 100],
    ]),
  );
});

test("a timestamp has the day's milliseconds", () => {
  expect(utcTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 6) * 1000 + 999)).toBe("20260102-03:04:05.006");
});

describe("a byte stream", () => {
  const messages = ["35=0|34=1|", "35=D|34=2|11=A|", "35=8|34=3|58=x|"].map((body) => frame(body));

  test("is cut into its messages, however it comes", () => {
    for (const size of [1, 2, 7, 30, 1000]) {
      const splitter = new Splitter();
      const found: string[] = [];
      const stream = messages.join("");
      for (let at = 0; at < stream.length; at += size) {
        splitter.add(stream.slice(at, at + size));
        for (let next = splitter.next(); next !== null; next = splitter.next()) found.push(next.raw);
      }
      expect(found).toEqual(messages);
    }
  });

  const wrong: [name: string, text: string, error: RegExp][] = [
    ["another BeginString", frame("35=0|34=1|", "FIX.4.2"), /does not begin/],
    ["something before it", `x${messages[0]}`, /does not begin/],
    ["a CheckSum that is not its own", messages[0]!.replace(/10=\d+/, "10=999"), /CheckSum/],
    ["a BodyLength one too small", messages[1]!.replace(/9=(\d+)/, (_, n) => `9=${n - 1}`), /BodyLength or CheckSum/],
    ["a BodyLength that is no number", soh("8=FIX.4.4|9=+5|35=0|10=000|"), /BodyLength is no number/],
    ["a BodyLength without end", `8=FIX.4.4${SOH}9=${"1".repeat(20)}`, /BodyLength does not end/],
  ];
  test.each(wrong)("with %s is refused", (_name, text, error) => {
    const splitter = new Splitter();
    splitter.add(text);
    expect(() => splitter.next()).toThrow(error);
  });
});
