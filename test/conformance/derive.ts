// Derives the acceptance scripts of the other versions from those of FIX 4.2 and 4.4, which are the only ones at hand:
//
//     node appliance/bun.mjs test/conformance/derive.ts FROM TO
//
// reads FROM/fix42 and FROM/fix44 and writes TO/fix40, fix41, fix43, fix50, fix50sp1 and fix50sp2. The results are no
// originals: they say what the originals say, in the words of another version, by the differences listed at TARGETS.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const SOH = "\x01";

interface Target {
  readonly folder: string;
  readonly source: "fix42" | "fix44";
  readonly begin: string;
  readonly compId: string;
  /** DefaultApplVerID (1137) in both Logons. */
  readonly applVerId?: string;
  /** 4.0 and 4.1: whole seconds, 999999 as infinity, Rejects with 45 and 58 only, no j, no 60 in orders. */
  readonly isOld?: boolean;
  /** 4.0: no 144 and 145, no 150 and 151, OrderQty required. */
  readonly isOldest?: boolean;
  readonly without?: readonly string[];
}

const TARGETS: readonly Target[] = [
  { folder: "fix40", source: "fix42", begin: "FIX.4.0", compId: "TW40", isOld: true, isOldest: true },
  { folder: "fix41", source: "fix42", begin: "FIX.4.1", compId: "TW41", isOld: true },
  { folder: "fix43", source: "fix44", begin: "FIX.4.3", compId: "TW43", without: ["SessionReset"] },
  { folder: "fix50", source: "fix44", begin: "FIXT.1.1", compId: "TW50", applVerId: "7" },
  { folder: "fix50sp1", source: "fix44", begin: "FIXT.1.1", compId: "TW50SP1", applVerId: "8" },
  { folder: "fix50sp2", source: "fix44", begin: "FIXT.1.1", compId: "TW50SP2", applVerId: "9" },
];
/** Repeating groups in orders came with 4.2. */
const NOT_IN_OLD = ["14i_RepeatingGroupCountNotEqual", "21_RepeatingGroupSpecifierWithValueOfZero"];

type Field = [tag: string, value: string];

function fieldsOf(message: string): Field[] {
  return message
    .split(SOH)
    .filter((text) => text !== "")
    .map((text) => {
      const at = text.indexOf("=");
      return [text.slice(0, at), text.slice(at + 1)];
    });
}

const textOf = (fields: readonly Field[]): string => fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join("");
const valueAt = (fields: readonly Field[], tag: string): string | undefined => fields.find(([its]) => its === tag)?.[1];

/** Bytes that BodyLength counts, with timestamps as long as they are on the wire. */
function lengthOf(fields: readonly Field[], stampBytes: number): number {
  let length = 0;
  for (const [tag, value] of fields) {
    if (tag === "8" || tag === "9" || tag === "10") continue;
    const isStamp = tag === "52" || tag === "122";
    const time = isStamp || value.startsWith("<TIME") ? stampBytes : value.length;
    length += tag.length + 1 + time + 1;
  }
  return length;
}

/** A message that the peer sends: BodyLength, where the script gives one, stays as wrong as it is. */
function sent(fields: readonly Field[], target: Target): Field[] {
  const type = valueAt(fields, "35");
  let changed = fields.map(([tag, value]): Field => [tag, ofTarget(tag, value, fields, target)]);
  if (type === "A" && target.applVerId !== undefined) changed.push(["1137", target.applVerId]);
  if (target.isOld === true) {
    if (type === "D") changed = changed.filter(([tag]) => tag !== "60");
    if (type === "8") changed.push(["38", "100"], ["31", "10.5"], ["32", "100"]);
    if (type === "2") changed = changed.map(([tag, value]) => [tag, tag === "16" && value === "0" ? "999999" : value]);
  }
  if (target.isOldest === true) {
    if (type === "8") changed = changed.filter(([tag]) => tag !== "150" && tag !== "151");
    if (type === "D" && valueAt(fields, "38") === undefined) changed.push(["38", "100"]);
  }
  return withLength(changed, lengthOf(changed, 17) - lengthOf(fields, 17));
}

/** A message that is expected. */
function expected(fields: readonly Field[], target: Target): Field[] {
  const type = valueAt(fields, "35");
  let changed = fields.map(([tag, value]): Field => [tag, ofTarget(tag, value, fields, target)]);
  if (type === "A" && target.applVerId !== undefined) {
    const end = changed.findIndex(([tag]) => tag === "10");
    changed.splice(end < 0 ? changed.length : end, 0, ["1137", target.applVerId]);
  }
  if (target.isOld === true) changed = oldAnswer(changed, target);
  const stampBytes = target.isOld === true ? 17 : 21;
  return withLength(changed, lengthOf(changed, stampBytes) - lengthOf(fields, 21));
}

function oldAnswer(fields: Field[], target: Target): Field[] {
  const type = valueAt(fields, "35");
  const refTag = valueAt(fields, "371");
  const isReject = type === "3" || type === "j";
  return fields
    .filter(([tag]) => !isReject || !["371", "372", "373", "380"].includes(tag))
    .filter(([tag]) => target.isOldest !== true || (tag !== "144" && tag !== "145"))
    .map(([tag, value]): Field => {
      if ((tag === "52" || tag === "122") && value.endsWith(".000")) return [tag, value.slice(0, -4)];
      if (type === "j" && tag === "35") return [tag, "3"];
      if (type === "j" && tag === "58") return [tag, "Unsupported message type"];
      if (type === "3" && tag === "58" && refTag !== undefined) return [tag, `${value} (${refTag})`];
      return [tag, tag === "16" && value === "0" && type === "2" ? "999999" : value];
    });
}

/** BeginStrings and CompIDs of the target; what was the wrong BeginString on purpose stays another one. */
function ofTarget(tag: string, value: string, fields: readonly Field[], target: Target): string {
  if (tag === "8") {
    if (value === `FIX.4.${target.source.at(-1)}`) return target.begin;
    return value === target.begin ? "FIX.4.2" : value;
  }
  const compId = target.source === "fix42" ? "TW42" : "TW44";
  return (tag === "49" || tag === "56") && value === compId && fields.length > 0 ? target.compId : value;
}

function withLength(fields: Field[], change: number): Field[] {
  return fields.map(([tag, value]) => [tag, tag === "9" ? String(Number(value) + change) : value]);
}

function derived(line: string, target: Target): string {
  const action = /^([IE](?:\d+,)?)(8=.*)$/s.exec(line);
  if (action === null) return line;
  const [, who, message] = action;
  const fields = fieldsOf(message!);
  // Garbled on purpose: only what stands for the version and the peer is exchanged.
  if (fields[0]?.[0] !== "8" || textOf(fields) !== message) {
    const { source } = target;
    return line
      .replaceAll(`8=FIX.4.${source.at(-1)}${SOH}`, `8=${target.begin}${SOH}`)
      .replaceAll(`=TW4${source.at(-1)}${SOH}`, `=${target.compId}${SOH}`);
  }
  return who + textOf(who!.startsWith("I") ? sent(fields, target) : expected(fields, target));
}

/** What cannot be had line by line. */
function special(name: string, text: string, target: Target): string {
  if (target.isOld === true && name === "14e_IncorrectEnumValue")
    return without(text, (line) => /167=|\(167\)|34=4\x01/.test(line));
  // Over FIXT the session messages know the session layer's tags only: EncryptMethod instead of Symbol.
  if (target.applVerId !== undefined && name === "14c_TagNotDefinedForMsgType")
    return text
      .replaceAll(`${SOH}55=MSFT${SOH}`, `${SOH}98=0${SOH}`)
      .replaceAll(`${SOH}371=55${SOH}`, `${SOH}371=98${SOH}`);
  if (target.isOldest !== true) return text;
  if (name === "ReverseRouteWithEmptyRoutingTags") return without(text, (line) => /14[45]=|34=[67]\x01/.test(line));
  if (name !== "ReverseRoute") return text;
  // The tag itself is what is wrong.
  return text.replaceAll(/(E[^\n]*\x0134=([67])\x01[^\n]*58=)[^\x01]*\(40\)/g, (_, head: string, sequence: string) => {
    const said = `Invalid tag number (${sequence === "6" ? 144 : 145})`;
    const shorter = "Value is incorrect (out of range) for this tag (40)".length - said.length;
    return `${head.replace(/\x019=(\d+)/, (__, length: string) => `${SOH}9=${Number(length) - shorter}`)}${said}`;
  });
}

/** Leaves lines out, and lets the Logout that ends the script have the numbers that are next then. */
function without(text: string, isOut: (line: string) => boolean): string {
  const lines = text.split("\n").filter((line) => !/^[IE]8=/.test(line) || /\x0135=5\x01/.test(line) || !isOut(line));
  let inbound = 0;
  let outbound = 0;
  return lines
    .map((line) => {
      if (!/^[IE]8=/.test(line)) return line;
      const next = line.startsWith("I") ? ++inbound : ++outbound;
      return /\x0135=5\x01/.test(line) ? line.replace(/\x0134=\d+/, `${SOH}34=${next}`) : line;
    })
    .join("\n");
}

/** The one script that only FIXT has. */
function noApplVerId(target: Target): string {
  const logon = ["35=A", "34=1", `49=${target.compId}`, "52=<TIME>", "56=ISLD", "98=0", "108=30"];
  return `iCONNECT\nI8=${target.begin}${SOH}${logon.join(SOH)}${SOH}\neDISCONNECT\n`;
}

function derive(from: string, to: string): void {
  for (const target of TARGETS) {
    const folder = join(to, target.folder);
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(join(from, target.source))) {
      const name = basename(file, ".def");
      if (target.without?.includes(name) || (target.isOld === true && NOT_IN_OLD.includes(name))) continue;
      const lines = readFileSync(join(from, target.source, file), "latin1").split(/\r?\n/);
      const text = lines.map((line) => derived(line, target)).join("\n");
      writeFileSync(join(folder, file), special(name, text, target), "latin1");
    }
    if (target.applVerId !== undefined)
      writeFileSync(join(folder, "1d_InvalidLogonNoDefaultApplVerID.def"), noApplVerId(target), "latin1");
  }
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error("usage: derive.ts FROM TO");
derive(from, to);
