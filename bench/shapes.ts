// One thread: what real orders and fills cost beside plain ones, from the bytes of one session to the bytes of the other, without
// journal, rings and core: scan, validation as it is by default, reading and writing, with the fields beside the record.

import { sharedMemory } from "../src/assembly/module.ts";
import { ascii } from "../src/base/ascii.ts";
import { putId } from "../src/base/id.ts";
import { NONE } from "../src/base/units.ts";
import { Views } from "../src/base/views.ts";
import { frame } from "../src/counterparty/message.ts";
import { type Strictness, VALID, type Validator } from "../src/fix/dictionary/validator.ts";
import { GROUPS_FAULTY } from "../src/fix/orders/groups-in.ts";
import type { MessageFields } from "../src/fix/orders/message-fields.ts";
import { ReportReader } from "../src/fix/orders/report-in.ts";
import { ReportWriter, reportType } from "../src/fix/orders/report-out.ts";
import { OrderReader } from "../src/fix/orders/request-in.ts";
import { RequestWriter, requestType } from "../src/fix/orders/request-out.ts";
import { VenueId } from "../src/fix/orders/venue-id.ts";
import { Codec, codecBytes } from "../src/fix/wire/codec.ts";
import { Scanner } from "../src/fix/wire/scan.ts";
import { versionOf } from "../src/fix/wire/version.ts";
import type { Writer } from "../src/fix/wire/write.ts";
import { Validators } from "../src/gateway/validators.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { OrderRequest } from "../src/record/order-request.ts";
import type { Groups } from "../src/session/group-rings.ts";
import { CapturedSession } from "../test/fix/wire/captured-session.ts";
import { bytesOf, readable } from "../test/fix/wire/messages.ts";
import { check, median, report as print, scaled, TINY } from "./measure.ts";

const TURNS = scaled(100_000);
const ROUNDS = TINY ? 1 : 9;
const WALL_US = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;
const INPUT_BYTES = 262_144;
const RECORDS_BYTES = 65_536;
const REQUEST_AT = 0;
const REPORT_AT = 1024;
const BESIDE_AT = 4096;
const CL_ORD_ID = ascii("W1234567890");
const IDS = new VenueId(1_700_000_000);
const HEAD_IN = "49=CLIENT|56=GATEWAY|34=1234567|52=20261124-01:02:03.123|";
const HEAD_BACK = "49=VENUE|56=GATEWAY|34=1234567|52=20261124-01:02:03.123|";
const TIME = "60=20261124-01:02:03.123|";

interface Shape {
  readonly version: string;
  /** Of client and venue; clients are validated. */
  readonly strict: Partial<Strictness>;
  readonly order: string;
  readonly fill: string;
}

const ours = "11=@ID@|";
const SHAPES: Record<string, Shape> = {
  plain: {
    version: "FIX.4.4",
    strict: {},
    order: `35=D|${HEAD_IN}11=W1234567890|1=ACC1|21=1|55=AAPL|54=1|38=100|40=2|44=150.25|59=0|${TIME}`,
    fill: `35=8|${HEAD_BACK}37=V1234567|${ours}17=E1234567|150=F|39=2|55=AAPL|54=1|38=100|44=150.25|32=100|31=150.25|151=0|14=100|6=150.25|${TIME}`,
  },
  agency: {
    version: "FIX.4.4",
    strict: {},
    order: `35=D|${HEAD_IN}11=W1234567890|1=ACC1|453=2|448=DESK7|447=D|452=13|448=CLEARER|447=C|452=4|21=1|18=1|100=XNAS|55=AAPL|48=US0378331005|22=4|207=XNAS|54=1|38=100|40=2|44=150.25|15=USD|59=0|528=A|58=care of desk 7|${TIME}`,
    fill: `35=8|${HEAD_BACK}37=V1234567|${ours}453=1|448=CLEARER|447=C|452=4|17=E1234567|150=F|39=2|1=ACC1|55=AAPL|48=US0378331005|22=4|207=XNAS|54=1|38=100|40=2|44=150.25|15=USD|59=0|32=100|31=150.25|30=XNAS|29=1|151=0|14=100|6=150.25|75=20261124|528=A|851=1|${TIME}`,
  },
  "market maker of 4.2": {
    version: "FIX.4.2",
    strict: {},
    order: `35=D|${HEAD_IN}11=W1234567890|1=ACC1|21=1|100=N|55=AAPL|54=1|38=100|40=2|44=150.25|59=0|47=P|${TIME}`,
    fill: `35=8|${HEAD_BACK}37=V1234567|${ours}17=E1234567|20=0|150=2|39=2|1=ACC1|55=AAPL|54=1|38=100|40=2|44=150.25|32=100|31=150.25|30=N|29=1|151=0|14=100|6=150.25|75=20261124|${TIME}`,
  },
  "crypto, custom tags": {
    version: "FIX.4.4",
    strict: { userDefinedFields: false },
    order: `35=D|${HEAD_IN}11=W1234567890|1=ACC1|21=1|18=6|55=BTC-USD|54=1|38=100|40=2|44=97150.25|59=1|15=USD|7928=BOTH|20001=post-only-reprice|20017=3|${TIME}`,
    fill: `35=8|${HEAD_BACK}37=V1234567|${ours}17=E1234567|150=F|39=2|1=ACC1|55=BTC-USD|54=1|38=100|40=2|44=97150.25|59=1|32=100|31=97150.25|151=0|14=100|6=97150.25|15=USD|12=0.01|13=3|20001=post-only-reprice|20018=0.25|21001=MAKER|${TIME}`,
  },
};

/** One shape on its way through: each step is that of the agents (client/agent.ts, venue/agent.ts). */
class Flow {
  private readonly memory = sharedMemory(RECORDS_BYTES + codecBytes(INPUT_BYTES));
  private readonly views = new Views(this.memory.buffer, 0, RECORDS_BYTES);
  private readonly codec = new Codec(this.memory, RECORDS_BYTES, INPUT_BYTES);
  private readonly scanner = new Scanner(8192, this.codec);
  private readonly client: CapturedSession;
  private readonly venue: CapturedSession;
  private readonly orders = new OrderReader(this.codec);
  private readonly reports = new ReportReader(IDS, this.codec);
  private readonly requestsOut = new RequestWriter(this.codec, IDS);
  private readonly reportsOut = new ReportWriter(this.codec);
  private readonly request = new OrderRequest(this.views).aim(REQUEST_AT);
  private readonly report = new ExecutionReport(this.views).aim(REPORT_AT);
  private readonly validator: Validator;
  private readonly groups: Groups;
  /** Steps that the codec did not do. */
  slow = 0;
  private readonly orderBytes: number;
  private readonly fillAt: number;
  private readonly fillBytes: number;

  constructor(readonly shape: Shape) {
    const { version, strict } = shape;
    const profile = { version: versionOf(version) };
    this.client = new CapturedSession("GATEWAY", "CLIENT", profile, this.scanner);
    this.venue = new CapturedSession("GATEWAY", "VENUE", profile, this.scanner);
    const settings = { ...SETTINGS, validateUserDefinedFields: strict.userDefinedFields ?? true };
    const validators = new Validators(this.scanner);
    this.validator = validators.build(settings, version, undefined)!;
    this.groups = validators.groupsOf(settings, version, undefined, null);
    const id = new Uint8Array(64);
    const idBytes = IDS.put(id, 0, 1_234_567, 4321);
    const order = bytesOf(frame(shape.order));
    this.orderBytes = frame(shape.order).length;
    this.codec.input.set(order.subarray(0, this.orderBytes));
    this.fillAt = 8192;
    const fill = frame(shape.fill.replace("@ID@", readable(id, 0, idBytes)));
    this.fillBytes = fill.length;
    this.codec.input.set(bytesOf(fill).subarray(0, fill.length), this.fillAt);
  }

  orderIn(): void {
    const { scanner, request, groups } = this;
    scanner.expect(this.client.session.identity.peerTexts);
    scanner.scan(this.codec.input, 0, this.orderBytes);
    if (this.validator.check(scanner) !== VALID) throw new Error(`the order is faulty: ${this.validator.refTag}`);
    const { version } = this.client.session.profile;
    let beside = 0;
    if (this.orders.readPlain(scanner, request, version, groups.rules)) {
      if (this.codec.hasBeside) beside = this.codec.takeBeside(BESIDE_AT);
    } else {
      this.slow++;
      groups.reader.find(scanner);
      if (this.orders.readAny(scanner, request, version) !== 0) throw new Error("the order can't be read");
      beside = groups.reader.take(this.views, BESIDE_AT, this.orders.aside);
    }
    if (beside === GROUPS_FAULTY) throw new Error("faulty groups");
    request.number = 1_234_567;
    request.slot = 4321;
    request.groupsLength = beside;
  }

  /** Writes a record for its peer, and what is beside it as it is, or in the peer's form. */
  private out(
    { session }: CapturedSession,
    fields: MessageFields,
    besideBytes: number,
    write: (bits: number, isWhole: boolean, passed: number) => Writer,
  ): void {
    const out = this.groups.writer;
    if (besideBytes === 0) write(0, true, NONE);
    else if (out.passes(BESIDE_AT, fields)) write(out.passed, true, BESIDE_AT);
    else {
      this.slow++;
      out.write(this.views, BESIDE_AT, fields);
      write(out.written, false, NONE).fields(out.bytes, 0, out.length);
    }
    session.out.end(1);
  }

  orderOut(): void {
    const { request, groups } = this;
    const fields = groups.fields.of(requestType(request));
    this.out(this.venue, fields, request.groupsLength, (bits, isWhole, passed) =>
      this.requestsOut.write(this.venue.session, request, WALL_US, fields, bits, isWhole, passed),
    );
  }

  fillIn(): void {
    const { scanner, report, groups } = this;
    scanner.expect(this.venue.session.identity.peerTexts);
    scanner.scan(this.codec.input, this.fillAt, this.fillAt + this.fillBytes);
    const { version } = this.venue.session.profile;
    let beside = 0;
    if (this.reports.readPlain(scanner, report, version, groups.rules)) {
      if (this.codec.hasBeside) beside = this.codec.takeBeside(BESIDE_AT);
    } else {
      this.slow++;
      groups.reader.find(scanner, true);
      this.reports.readAny(scanner, report, version);
      beside = groups.reader.take(this.views, BESIDE_AT, this.reports.aside);
    }
    report.groupsLength = beside;
    // The core says the client's own ClOrdID.
    report.clOrdIdLength = CL_ORD_ID.length;
    putId(report.views, report.clOrdIdAt, CL_ORD_ID, 0, CL_ORD_ID.length);
  }

  fillOut(): void {
    const { report, groups } = this;
    const fields = groups.fields.of(reportType(report));
    this.out(this.client, fields, report.groupsLength, (bits, isWhole, passed) =>
      this.reportsOut.write(this.client.session, report, WALL_US, fields, bits, isWhole, passed),
    );
  }

  /** Both messages that go out, readable. */
  said(): string {
    const { client, venue } = this;
    return `${readable(venue.bytes, 0, venue.length)}\n${readable(client.bytes, 0, client.length)}`;
  }
}

const SETTINGS = {
  validate: true,
  validateFieldsOutOfOrder: true,
  validateFieldsHaveValues: true,
  validateUserDefinedFields: true,
  checkRequiredTags: true,
  allowUnknownMsgFields: false,
  rejectInvalidMessage: true,
};

const STEPS = ["orderIn", "orderOut", "fillIn", "fillOut"] as const;

function timeOf(flow: Flow, step: (typeof STEPS)[number]): number {
  const began = Bun.nanoseconds();
  for (let i = 0; i < TURNS; i++) flow[step]();
  return (Bun.nanoseconds() - began) / TURNS;
}

const flows = Object.entries(SHAPES).map(([name, shape]) => [name, new Flow(shape)] as const);
for (const [name, flow] of flows) {
  for (const step of STEPS) flow[step]();
  const lost = [...flow.shape.order.split("|"), ...flow.shape.fill.split("|")].filter(
    (field) => !/^(35|49|56|34|52|11|)=|^$/.test(field) && !flow.said().includes(`|${field}|`),
  );
  check(`steps of ${name} without the codec`, flow.slow, 0);
  check(`fields that ${name} lost`, lost.join("|"), "");
  if (process.env.BENCH_SAID === "1") console.log(flow.said());
}
const times = new Map<string, number[]>();
for (let round = -1; round < ROUNDS; round++)
  for (const [name, flow] of flows)
    for (const step of STEPS) {
      const ns = timeOf(flow, step);
      if (round < 0) continue;
      const key = `${name}, ${step}`;
      times.set(key, [...(times.get(key) ?? []), ns]);
    }
const total = (name: string): number => STEPS.reduce((sum, step) => sum + median(times.get(`${name}, ${step}`)!), 0);
for (const [name] of flows) {
  for (const step of STEPS) print(`${name}, ${step}`, median(times.get(`${name}, ${step}`)!), "ns");
  print(`${name}, order and fill`, total(name), "ns");
  print(`${name}, of the plain one's`, total(name) / total("plain"), "times");
}
