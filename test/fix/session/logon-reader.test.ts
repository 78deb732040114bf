import { expect, test } from "bun:test";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { LogonReader } from "../../../src/fix/session/logon-reader.ts";
import { RejectReader } from "../../../src/fix/session/reject-reader.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { bytesOf, readable } from "../wire/messages.ts";

const HEAD = "34=1|49=CLIENT|52=20261124-01:02:03|56=GATEWAY|";
const scanner = new Scanner(1024);
const logon = new LogonReader(scanner);

function read(text: string, length = text.length): boolean {
  return logon.read(bytesOf(text), 0, length);
}

test("a Logon names its parties, Username and Password", () => {
  expect(read(frame(`35=A|${HEAD}98=0|108=30|553=me|554=s3cret|`))).toBe(true);
  expect([logon.refusal, logon.isMessage, logon.hasPassword]).toEqual([DisconnectReason.NONE, true, true]);
  const { bytes } = logon;
  expect([
    readable(bytes, logon.senderFrom, logon.senderTo),
    readable(bytes, logon.targetFrom, logon.targetTo),
    readable(bytes, logon.usernameFrom, logon.usernameTo),
    readable(bytes, logon.passwordFrom, logon.passwordTo),
  ]).toEqual(["CLIENT", "GATEWAY", "me", "s3cret"]);
});

test("the fields of one Logon are gone with the next", () => {
  read(frame(`35=A|${HEAD}98=0|108=30|553=me|554=s3cret|`));
  read(frame("35=A|34=1|56=GATEWAY|98=0|108=30|"));
  expect([logon.hasPassword, logon.passwordTo, logon.usernameTo, logon.senderTo]).toEqual([false, 0, 0, 0]);
});

test("anything else is refused with a reason", () => {
  const text = frame(`35=A|${HEAD}98=0|108=30|`);
  expect(read(text, text.length - 1)).toBe(false);
  read(frame(`35=D|${HEAD}`));
  expect([logon.refusal, logon.isMessage]).toEqual([DisconnectReason.NOT_LOGON, true]);
  const { HTTP, NOT_FIX, TLS, TOO_LONG } = DisconnectReason;
  for (const [odd, reason] of [
    ["GET / HTTP/1.1 and so on", HTTP],
    ["OPTIONS * HTTP/1.1 and so on", HTTP],
    ["PRI * HTTP/2.0 and so on", HTTP],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a hello", TLS],
    ["SSH-2.0-OpenSSH_9.2 and so on", NOT_FIX],
    [text.replace("108=30", "108=31"), NOT_FIX],
    [frame(`35=A|${HEAD}58=${"x".repeat(1024)}|`), TOO_LONG],
  ] as const) {
    read(odd);
    expect([logon.refusal, logon.isMessage]).toEqual([reason, false]);
  }
});

test("both kinds of reject name the message that they reject, and why", () => {
  const reject = new RejectReader();
  const shown = (body: string) => {
    const text = frame(body);
    scanner.scan(bytesOf(text), 0, text.length);
    return [reject.read(scanner), reject.refSeqNum, readable(scanner.bytes, reject.textFrom, reject.textTo)];
  };
  expect(shown(`35=3|${HEAD}45=7|58=no|`)).toEqual([true, 7, "no"]);
  expect(shown(`35=j|${HEAD}45=8|372=D|380=0|`)).toEqual([true, 8, ""]);
  expect(shown(`35=8|${HEAD}58=x|`)).toEqual([false, -1, "x"]);
});
