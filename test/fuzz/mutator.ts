import type { Random } from "../crash/random.ts";

type Field = [tag: string, value: string];

/** What an input is about: the peer's place in its session. */
export interface Place {
  /** The number that is expected next, and the last one that came the other way. */
  readonly expected: number;
  readonly theirs: number;
  /** SendingTime of now. */
  readonly time: string;
  readonly beginString: string;
}

const ORDER: Field[] = [
  ["1", "ACC1"],
  ["11", "A1"],
  ["21", "1"],
  ["38", "100"],
  ["40", "2"],
  ["44", "150.25"],
  ["54", "1"],
  ["55", "AAPL"],
  ["59", "0"],
  ["60", "20261124-01:02:03.000"],
];
/** Of an order that is ours, as the readers of those who fuzz have it. */
const REPORT: Field[] = [
  ["6", "0"],
  ["11", "S44WE8-12-3"],
  ["14", "100"],
  ["17", "E1"],
  ["31", "150.25"],
  ["32", "100"],
  ["37", "V1"],
  ["39", "2"],
  ["54", "1"],
  ["55", "AAPL"],
  ["150", "F"],
  ["151", "0"],
];
/** `453=1|448=A|…` as fields. */
function groups(text: string): Field[] {
  return text.split("|").map((field) => field.split("=") as Field);
}

const PARTIES = groups("453=2|448=A|447=D|452=13|802=2|523=S|803=2|523=T|448=B|452=4");
const ALLOCS = groups("78=2|79=F|539=1|524=N|538=24|804=1|545=U|80=60|79=G|80=40");
const CONTRAS = groups("382=2|375=X|337=T|437=60|375=Y");

/** MsgType and body; `$IN` and `$OUT` are numbers of the session, so that what is asked for is often there. */
const TEMPLATES: readonly (readonly [type: string, weight: number, body: readonly Field[]])[] = [
  ["0", 4, []],
  ["0", 1, [["112", "TEST"]]],
  ["1", 4, [["112", "HELLO"]]],
  [
    "2",
    3,
    [
      ["7", "$OUT"],
      ["16", "0"],
    ],
  ],
  [
    "2",
    2,
    [
      ["7", "1"],
      ["16", "$OUT"],
    ],
  ],
  [
    "3",
    2,
    [
      ["45", "$OUT"],
      ["371", "38"],
      ["372", "D"],
      ["373", "5"],
      ["58", "no"],
    ],
  ],
  [
    "4",
    2,
    [
      ["123", "Y"],
      ["36", "$IN"],
    ],
  ],
  [
    "4",
    1,
    [
      ["123", "N"],
      ["36", "$IN"],
    ],
  ],
  ["5", 1, [["58", "bye"]]],
  [
    "A",
    2,
    [
      ["98", "0"],
      ["108", "30"],
    ],
  ],
  [
    "A",
    1,
    [
      ["98", "0"],
      ["108", "30"],
      ["141", "Y"],
    ],
  ],
  ["D", 10, ORDER],
  ["D", 5, [...ORDER, ...PARTIES, ...ALLOCS]],
  ["F", 4, [["41", "A1"], ...ORDER]],
  ["G", 4, [["41", "A1"], ...ORDER]],
  ["H", 2, ORDER.slice(0, 2)],
  ["8", 8, REPORT],
  ["8", 3, [...REPORT, ...CONTRAS, ...PARTIES]],
  [
    "9",
    3,
    [
      ["11", "A2"],
      ["37", "V1"],
      ["39", "0"],
      ["41", "A1"],
      ["102", "1"],
      ["434", "1"],
    ],
  ],
  [
    "j",
    2,
    [
      ["45", "$OUT"],
      ["372", "D"],
      ["379", "A1"],
      ["380", "3"],
    ],
  ],
  [
    "B",
    2,
    [
      ["148", "news"],
      ["33", "2"],
      ["58", "one"],
      ["58", "two"],
      ["95", "5"],
      ["96", "a\x01b=c"],
    ],
  ],
  [
    "ZZ",
    1,
    [
      ["5001", "x"],
      ["20000", "y"],
    ],
  ],
];
const LOTTERY = TEMPLATES.flatMap((template) => Array<typeof template>(template[1]).fill(template));

/** Values that have broken parsers before. */
const VALUES = [
  ..."0 1 2 -1 -0 00001 +200 1.5 1e5 .5 5. 0x10 Y N y A 8 9 ZZ FIX.4.4 FIXT.1.1 NaN".split(" "),
  ..."2147483647 2147483648 4294967296 9007199254740993 99999999999999999999 0.00000000001".split(" "),
  ..."20261124-01:02:03 20261124-01:02:03.123456789 20261124-25:61:61 99999999-99:99:99 2026".split(" "),
  "",
  " ",
  "=",
  "==",
  "\x00",
  "\xff\xfe",
  "10=000",
  "8=FIX.4.4",
  "x".repeat(40),
  "9".repeat(300),
  "long".repeat(600),
];
const TAGS = [
  ..."0 1 7 8 9 10 11 16 34 35 36 43 45 49 52 56 58 90 93 95 96 97 98 108 112 122 123 141 212 348 354 789 1023".split(
    " ",
  ),
  ..."1024 9999 99999 99999999 999999999 4294967306 -1 01 1a".split(" "),
  "",
  " ",
];

/** Makes inputs: a valid message of the session, changed by field, byte, order and length as chance has it. */
export class Mutator {
  readonly bytes = new Uint8Array(new ArrayBuffer(65_536));
  length = 0;
  /** Nothing was changed: the session must take it. */
  isValid = false;
  private fields: Field[] = [];
  private begin = "";
  private lengthError = 0;
  private sumError = 0;

  constructor(private readonly random: Random) {}

  /** The next input, in `bytes` up to `length`. */
  next(place: Place): void {
    const { random } = this;
    this.compose(LOTTERY[random.int(0, LOTTERY.length - 1)]!, place);
    this.isValid = random.chance(0.4);
    if (!this.isValid) {
      for (let count = random.int(1, 3); count > 0; count--) this.changeFields(place);
    }
    this.write();
    if (!this.isValid && random.chance(0.25)) for (let count = random.int(1, 3); count > 0; count--) this.changeBytes();
  }

  /** The Logon that a connection begins with, unchanged. */
  logon(place: Place, reset: boolean): void {
    this.compose(TEMPLATES.find(([type, , body]) => type === "A" && body.length === (reset ? 3 : 2))!, place);
    if (reset) this.set("34", "1");
    this.isValid = true;
    this.write();
  }

  private compose([type, , body]: (typeof TEMPLATES)[number], place: Place): void {
    this.begin = place.beginString;
    this.lengthError = 0;
    this.sumError = 0;
    this.fields = [
      ["35", type],
      ["34", String(place.expected)],
      ["49", "PEER"],
      ["52", place.time],
      ["56", "GATEWAY"],
    ];
    for (const [tag, value] of body) {
      this.fields.push([
        tag,
        value === "$IN" ? String(place.expected + 1) : value === "$OUT" ? this.back(place) : value,
      ]);
    }
  }

  private back(place: Place): string {
    return String(Math.max(1, place.theirs - this.random.int(0, 40)));
  }

  private changeFields(place: Place): void {
    const { random, fields } = this;
    const at = random.int(0, fields.length - 1);
    const field = fields[at]!;
    switch (random.int(0, 11)) {
      case 0:
        if (fields.length > 1) fields.splice(at, 1);
        break;
      case 1:
        fields.splice(random.int(0, fields.length), 0, [...field]);
        break;
      case 2:
        fields[at] = fields[random.int(0, fields.length - 1)]!;
        break;
      case 3:
        fields.splice(random.int(0, fields.length), 0, ...fields.splice(at, random.int(1, 3)));
        break;
      case 4:
        fields[at] = [random.pick(TAGS)!, field[1]];
        break;
      case 5:
      case 6:
        fields[at] = [field[0], random.pick(VALUES)!];
        break;
      case 7:
        fields.splice(random.int(0, fields.length), 0, [random.pick(TAGS)!, random.pick(VALUES)!]);
        break;
      case 8:
        this.set("34", String(place.expected + random.int(-8, 8)));
        break;
      case 9:
        this.possDup(place);
        break;
      case 10:
        this.begin = random.chance(0.2) ? random.pick(VALUES)! : this.begin;
        if (random.chance(0.02)) for (let i = 0; i < 600; i++) fields.push([String(5000 + i), "x"]);
        break;
      default:
        if (random.chance(0.5)) this.lengthError = random.int(-30, 30);
        else this.sumError = random.int(1, 255);
    }
  }

  private possDup(place: Place): void {
    const { random } = this;
    this.fields.splice(5, 0, ["43", "Y"]);
    if (random.chance(0.9)) this.fields.splice(6, 0, ["122", random.chance(0.8) ? place.time : random.pick(VALUES)!]);
    if (random.chance(0.7)) this.set("34", String(Math.max(1, place.expected - random.int(0, 20))));
  }

  private set(tag: string, value: string): void {
    const at = this.fields.findIndex(([its]) => its === tag);
    if (at >= 0) this.fields[at] = [tag, value];
  }

  private changeBytes(): void {
    const { random, bytes } = this;
    const at = random.int(0, this.length);
    const kind = random.int(0, 4);
    if (kind === 0) bytes[Math.min(at, this.length - 1)] = random.pick([1, 61, 48, 56, 0, 255, random.int(0, 255)])!;
    else if (kind === 1) {
      bytes.copyWithin(at + 1, at, this.length++);
      bytes[at] = random.pick([1, 61, 49, 0, random.int(0, 255)])!;
    } else if (kind === 2) {
      const to = Math.min(this.length, at + random.int(1, 10));
      bytes.copyWithin(at, to, this.length);
      this.length -= to - at;
    } else if (kind === 3) this.length = at;
    else if (this.length < 20_000) {
      const from = random.int(0, this.length);
      bytes.copyWithin(this.length, from, this.length);
      this.length += this.length - from;
    }
    if (this.length === 0) this.length = 1;
  }

  private write(): void {
    let body = "";
    for (const [tag, value] of this.fields) body += `${tag}=${value}\x01`;
    const head = `8=${this.begin}\x019=${Math.max(0, body.length + this.lengthError)}\x01`;
    this.length = 0;
    let sum = this.sumError + this.put(head);
    sum += this.put(body);
    this.put(`10=${String(sum & 255).padStart(3, "0")}\x01`);
  }

  private put(text: string): number {
    const { bytes } = this;
    let at = this.length;
    let sum = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i) & 255;
      bytes[at++] = code;
      sum += code;
    }
    this.length = at;
    return sum;
  }
}
