import { utcTimestamp } from "../../src/counterparty/message.ts";
import { mixed } from "../mixed-ids.ts";
import { fillGroups, orderGroups } from "./groups.ts";
import type { Random } from "./random.ts";
import type { Stranger } from "./stranger.ts";

/** Says one thing; `known` are ClOrdIDs of requests to venues. */
export type Speech = (stranger: Stranger, random: Random, known: readonly string[]) => void;

let ids = 0;

/** The next run has the same ids again. */
export function beginIds(): void {
  ids = 0;
}

const nextId = (): string => mixed(`S${++ids}`);
/** An id that was used lately, perhaps. */
const lastId = (random: Random): string => mixed(`S${Math.max(1, ids - random.below(12))}`);
const now = (stranger: Stranger): string => utcTimestamp(stranger.street.wallUs);
const sometimes = (random: Random, text: string, probability = 0.2): string => (random.chance(probability) ? text : "");

function terms(stranger: Stranger, random: Random): string {
  const quantity = random.within(1, 400);
  const groups = stranger.applVerId === "" && stranger.beginString === "FIX.4.4" ? orderGroups(quantity) : "";
  const price = sometimes(random, "44=100.25|", 0.9);
  return `38=${quantity}|40=${random.pick([..."2222221PK"])}|${price}54=${random.pick([..."12"])}|55=${random.pick(["AAPL", "MSFT", "NONE"])}|${random.pick(["", "", "59=0|", "59=3|"])}60=${now(stranger)}|${sometimes(random, "114=N|", 0.1)}${sometimes(random, "6001=user|", 0.1)}${groups}`;
}

function account(random: Random): string {
  return random.pick(["", "", "1=ACC1|", "1=ACC2|", "1=ONLY-ACCOUNT-OF-THE-SESSION-1234567890|"]);
}

function order(stranger: Stranger, random: Random): string {
  return `${account(random)}11=${nextId()}|21=${random.pick([1, 1, 2])}|${terms(stranger, random)}`;
}

function plainRequest(stranger: Stranger, random: Random): void {
  const kind = random.below(10);
  const extra = sometimes(random, "97=Y|", 0.05) + sometimes(random, "50=desk|", 0.05);
  if (kind < 7) stranger.say("D", order(stranger, random), { extra });
  else if (kind === 7)
    stranger.say(
      "F",
      `11=${nextId()}|41=${lastId(random)}|54=1|55=AAPL|60=${now(stranger)}|${sometimes(random, "125=F|")}`,
    );
  else if (kind === 8)
    stranger.say("G", `${account(random)}11=${nextId()}|21=1|41=${lastId(random)}|${terms(stranger, random)}`);
  else stranger.say("H", `11=${lastId(random)}|54=1|55=AAPL|`);
}

function faulty(stranger: Stranger, random: Random): void {
  const body = order(stranger, random);
  const changes = [
    body.replace("54=", "54=Z"),
    body.replace("38=", "38=-"),
    body.replace("55=", "155="),
    body.replace("11=", "11=|11="),
    `${body}58=|`,
    `${body}54=1|`,
    `${body}99999=x|99998=y|`,
    `${body}95=3|96=a|b|`,
    `${body}96=lone|`,
    body.replace("40=", "40=%"),
    `${body}0=x|`,
    `${body}554=secret|`,
    `${body}stray|`,
  ];
  stranger.say("D", random.pick(changes));
}

function garbled(stranger: Stranger, random: Random): void {
  const text = stranger.message("D", order(stranger, random), { sequence: stranger.nextOut });
  const changes = [
    text.replace(/10=\d{3}/, "10=999"),
    text.replace(/9=\d+/, "9=12"),
    text.replace("35=", "36="),
    `noise${text}`,
    text.slice(0, 30),
    "8",
  ];
  const what = random.pick(changes);
  stranger.write(what);
  if (what.startsWith("noise")) stranger.nextOut++;
}

function gap(stranger: Stranger, random: Random): void {
  stranger.nextOut += random.within(1, 3);
}

function again(stranger: Stranger, random: Random): void {
  const sequence = random.chance(0.8) ? Math.max(1, stranger.nextOut - random.within(1, 5)) : stranger.nextOut++;
  const extra = `43=Y|${sometimes(random, `122=${now(stranger)}|`, 0.9)}`;
  stranger.say("D", order(stranger, random), { sequence, extra });
}

function sessionLevel(stranger: Stranger, random: Random): void {
  const kind = random.below(6);
  if (kind < 2) stranger.say("0", "");
  else if (kind === 2) stranger.say("1", `112=T${random.below(9)}|`);
  else if (kind === 3) stranger.say("2", `7=${random.within(1, 20)}|16=${random.pick([0, 0, 25])}|`);
  else if (kind === 4) stranger.say("4", `36=${++stranger.nextOut + 1}|123=Y|`, { sequence: stranger.nextOut++ - 1 });
  else stranger.say("3", `45=${random.within(1, 20)}|58=no|`);
}

/** What ends a session. */
function fatal(stranger: Stranger, random: Random): void {
  if (random.chance(0.7)) return;
  if (random.chance(0.03)) flood(stranger);
  const body = order(stranger, random);
  const kind = random.below(6);
  if (kind === 0) stranger.say("D", body, { sender: "NOBODY" });
  else if (kind === 1) stranger.say("D", body, { timeUs: stranger.street.wallUs - 300e6 });
  else if (kind === 2) stranger.say("D", body, { begin: "FIX.4.3" });
  else if (kind === 3) stranger.say("5", "");
  else if (kind === 4) stranger.say("D", body, { sequence: 1 });
  else stranger.write(`8=${stranger.beginString}\x019=99999\x01`);
}

/** More fields than the tables of the compiled code have room for; the last have tags that an order may have. */
function many(stranger: Stranger, random: Random): void {
  const fields = "6001=1|".repeat(random.within(480, 1_100));
  stranger.say("D", `11=${nextId()}|${fields}1=ACC2|21=2|43=N|44=1|59=3|97=Y|114=Y|`);
}

/** More than the journal keeps of it. */
function flood(stranger: Stranger): void {
  stranger.write("z".repeat(300_000));
}

/** What only a venue says, and what nobody does. */
function strange(stranger: Stranger, random: Random, known: readonly string[]): void {
  const kind = random.below(4);
  if (kind < 2) plainReport(stranger, random, known);
  else if (kind === 2) stranger.say("9", `11=${lastId(random)}|37=O|39=0|41=${lastId(random)}|434=1|`);
  else stranger.say(random.pick(["UX", "j", "AE", "D1"]), "58=what|");
}

function plainReport(stranger: Stranger, random: Random, known: readonly string[]): void {
  const id = known.length > 0 && random.chance(0.95) ? random.pick(known) : "NOT-OURS";
  const isFill = random.chance(0.6);
  const quantity = random.within(1, 9);
  const status = isFill ? "1" : random.pick([..."0000468"]);
  const fill = isFill ? `31=100.5|32=${quantity}|` : "";
  const isEarly = ["FIX.4.0", "FIX.4.2"].includes(stranger.beginString);
  const type = isFill && !isEarly ? "F" : status;
  const trans = isEarly ? "20=0|" : "";
  const groups = isFill && stranger.beginString === "FIX.4.4" ? fillGroups(quantity) : "";
  stranger.say(
    "8",
    `6=0|11=${id}|14=${isFill ? quantity : 0}|17=E${++ids}|${trans}${fill}37=V${id.slice(-6)}|38=400|39=${status}|54=1|55=AAPL|${sometimes(random, "58=text|")}60=${now(stranger)}|${sometimes(random, "6002=user|", 0.1)}150=${type}|151=${isFill ? 400 - quantity : 400}|${groups}`,
  );
}

function faultyReport(stranger: Stranger, random: Random, known: readonly string[]): void {
  const id = known.length > 0 ? random.pick(known) : "NOT-OURS";
  const body = `6=0|11=${id}|14=0|17=E${++ids}|37=V|38=400|39=0|54=1|55=AAPL|150=0|151=400|`;
  const changes = [
    body.replace("39=0", "39=00"),
    body.replace("17=", "17=|17="),
    `${body}58=${"long".repeat(60)}|`,
    body.replace("14=0", "14=x"),
    `${body}382=3|375=A|`,
    `${body}11=${id}|`,
    body.replace("150=0", "150=G").replace("39=0", "39=0|19=E1"),
  ];
  stranger.say("8", random.pick(changes));
}

/** The first of each is what is most often said. */
export const saysAsClient: readonly Speech[] = [
  plainRequest,
  faulty,
  garbled,
  gap,
  again,
  sessionLevel,
  sessionLevel,
  fatal,
  many,
  strange,
];
export const saysAsVenue: readonly Speech[] = [
  plainReport,
  faultyReport,
  plainRequest,
  garbled,
  gap,
  again,
  sessionLevel,
  fatal,
  many,
  strange,
];
