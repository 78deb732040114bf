import { frame } from "../../../src/counterparty/message.ts";
import { builtIn } from "../../../src/fix/dictionary/built-in.ts";
import { Dictionary } from "../../../src/fix/dictionary/dictionary.ts";
import { STRICT, type Strictness, VALID, Validator } from "../../../src/fix/dictionary/validator.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { bytesOf } from "../wire/messages.ts";

export const HEAD = "34=2|49=CLIENT|52=20261124-01:02:03.123|56=GATEWAY|";
const compiled = new Map<string, Dictionary>();

export function dictionaryOf(version: string): Dictionary {
  let dictionary = compiled.get(version);
  if (dictionary === undefined) {
    dictionary = new Dictionary(builtIn(version)!);
    compiled.set(version, dictionary);
  }
  return dictionary;
}

/** What a validator says of a message whose fields, MsgType first, are separated by `|`: "ok", or "reason tag text". */
export function verdict(validator: Validator, fields: string): string {
  const text = frame(fields);
  const scanner = new Scanner(65_536);
  if (scanner.scan(bytesOf(text, 65_536), 0, text.length) !== text.length) throw new Error(`garbled: ${text}`);
  const result = validator.check(scanner);
  if (result === VALID) return "ok";
  const kind = result === 1 ? validator.reason : "j";
  return `${kind} ${validator.refTag} ${Buffer.from(validator.text).toString("latin1")}`;
}

/** The same for a type and a body in a built-in version. */
export function judged(version: string, type: string, body: string, strict: Partial<Strictness> = {}): string {
  return verdict(new Validator(dictionaryOf(version), { ...STRICT, ...strict }), `35=${type}|${HEAD}${body}`);
}
