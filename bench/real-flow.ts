// Orders/s of a gateway with real orders and fills, beside those with plain ones: parties, FIX 4.2, custom tags, names of the venue. The
// yardstick's configuration and load (yardstick.ts), window 1024; each shape has its own gateway, in turn. ROUNDS, GATEWAYS and
// FIFO as there.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { threadCpus } from "../ffi/thread.ts";
import { gatewayCommand } from "./gateway-run.ts";
import { check, median, report, TINY } from "./measure.ts";
import { built } from "./yardstick/build.ts";
import { type Contestant, configuration, FIFO, FIFO_PRIORITY, Running } from "./yardstick/contestants.ts";

interface Shape {
  readonly name: string;
  readonly version: string;
  /** What the client's session has besides. */
  readonly session: string;
  /** And the venue. */
  readonly venue?: string;
  readonly order: string;
  readonly report: string;
}

const SHAPES: readonly Shape[] = [
  { name: "plain", version: "FIX.4.4", session: "", order: "", report: "" },
  {
    name: "agency",
    version: "FIX.4.4",
    session: "",
    order:
      "453=2|448=DESK7|447=D|452=13|448=CLEARER|447=C|452=4|15=USD|18=1|22=4|48=US0378331005|100=XNAS|207=XNAS|528=A|58=care of desk 7|",
    report:
      "453=1|448=CLEARER|447=C|452=4|1=ACC1|48=US0378331005|22=4|207=XNAS|15=USD|30=XNAS|29=1|75=20261124|528=A|851=1|",
  },
  {
    name: "market maker of 4.2",
    version: "FIX.4.2",
    session: "",
    order: "47=P|100=N|",
    report: "1=ACC1|30=N|29=1|75=20261124|",
  },
  {
    name: "crypto, custom tags",
    version: "FIX.4.4",
    session: "validateUserDefinedFields = false",
    order: "18=6|15=USD|7928=BOTH|20001=post-only-reprice|20017=3|",
    report: "1=ACC1|15=USD|12=0.01|13=3|20001=post-only-reprice|20018=0.25|21001=MAKER|",
  },
  {
    name: "names of the venue",
    version: "FIX.4.4",
    session: "",
    venue: 'symbols.AAPL = { symbol = "AAPL.N" }',
    order: "",
    report: "",
  },
];

const CPUS = threadCpus(0);
const ALONE = CPUS.length < 2;
const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 5));
const ORDERS = TINY ? 1000 : 200_000;
const executables = process.env.GATEWAYS?.split(",") ?? [""];
const ORDERS_PER_S = new Map<string, number[]>();

function contestantOf(executable: string, { version, session, venue = "" }: Shape): Contestant {
  const command = executable === "" ? gatewayCommand() : [executable];
  return {
    name: executable === "" ? "sallyport" : basename(executable),
    clientFirst: false,
    fresh: true,
    command: (ports, dir, cpu) => {
      const text = configuration(ports, cpu)
        .replace("[client.sessions.CLIENT]", `[client.sessions.CLIENT]\nversion = "${version}"\n${session}`)
        .replace("[venues.VENUE]", `[venues.VENUE]\nversion = "${version}"\n${venue}`);
      const file = join(dir, "gateway.toml");
      writeFileSync(file, text);
      return [...command, "run", "--config", file, "--data", join(dir, "data")];
    },
  };
}

async function measure(wire: string, executable: string, shape: Shape): Promise<number> {
  const running = new Running(contestantOf(executable, shape), ALONE ? -1 : CPUS[0]!);
  await running.ready();
  await Bun.sleep(250);
  const { client, venue } = running.ports;
  const policy = FIFO ? ["chrt", "-f", `${FIFO_PRIORITY}`] : [];
  const load = [
    "--window",
    "1024",
    "--orders",
    `${ORDERS}`,
    "--warmup",
    `${ORDERS / 5}`,
    "--cpu",
    `${ALONE ? -1 : CPUS[1]!}`,
  ];
  const fields = ["--begin", shape.version, "--order-fields", shape.order, "--report-fields", shape.report];
  const child = Bun.spawn([...policy, wire, "--client", `${client}`, "--venue", `${venue}`, ...load, ...fields], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await child.stdout.text();
  await child.exited;
  await running.end();
  const measured: { lost: number; rejects: number; orders_per_s: number } = JSON.parse(text);
  check(`${shape.name}: orders lost`, measured.lost, 0);
  check(`${shape.name}: rejects`, measured.rejects, 0);
  return measured.orders_per_s;
}

const wire = built("wire");
report("real flow", wire === null ? 0 : ROUNDS, "rounds");
for (let round = 0; wire !== null && round < ROUNDS; round++)
  for (const shape of TINY ? SHAPES.slice(0, 2) : SHAPES)
    for (const executable of executables) {
      const key = `${shape.name}${executable === "" ? "" : `, ${basename(executable)}`}`;
      ORDERS_PER_S.set(key, [...(ORDERS_PER_S.get(key) ?? []), await measure(wire, executable, shape)]);
    }
for (const [key, values] of ORDERS_PER_S) {
  const plain = ORDERS_PER_S.get(key.replace(/^[^,]*(, custom tags)?/, "plain"))!;
  const ratio = median(values.map((value, i) => value / plain[i]!));
  report(key, median(values), `orders/s, ${ratio.toFixed(2)} of the plain ones`);
}
