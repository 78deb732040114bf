import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { configOf, type Ended, executable, Gateway, runToEnd, temporary } from "./gateway.ts";
import { freePort } from "./ports.ts";

setDefaultTimeout(60_000);

const DIR = temporary();
afterAll(() => rmSync(DIR, { recursive: true, force: true }));

const PLAIN = configOf({ clientPort: 25_801, venuePort: 25_802 });
let files = 0;

/** The configuration with changes, in a file that only its owner may read. */
function file(...changes: [from: string, to: string][]): string {
  let text = PLAIN;
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, () => to);
  }
  const path = join(DIR, `gateway${++files}.toml`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function check(path: string, ...words: string[]): Promise<Ended> {
  return runToEnd(["check", "--config", path, "--data", join(DIR, "data"), ...words]);
}

/** The doubts about a configuration with which a gateway starts. */
async function warnings(...changes: [from: string, to: string][]): Promise<string[]> {
  const ended = await check(file(...changes));
  expect(ended).toMatchObject({ code: 0, err: "" });
  return ended.out
    .split("\n")
    .filter((line) => line.startsWith("warning: "))
    .map((line) => line.slice(9));
}

const VENUE = "[venues.VENUE]\n";
const LISTEN = 'listen = "127.0.0.1:25801"';
const ALICE = "[client.sessions.ALICE]\n";

test("a good configuration: no doubts, nothing written", async () => {
  expect(await warnings()).toEqual([]);
  expect(readdirSync(DIR).filter((name) => !name.endsWith(".toml"))).toEqual([]);
});

test("a password file that is missing or empty: as run, it does not start", async () => {
  const missing = join(DIR, "missing");
  const path = file([VENUE, `${VENUE}passwordFile = "${missing}"\n`]);
  const ended = await check(path);
  expect(ended).toMatchObject({ code: 3, out: "" });
  expect(ended.err).toStartWith("venues.VENUE.passwordFile: ENOENT: no such file or directory");
  const run = await runToEnd(["run", "--config", path, "--data", join(DIR, "data-of-run")]);
  expect(run.code).toBe(1);
  expect(run.err).toEndWith(`sallyport: ${ended.err}`);
  const empty = join(DIR, "empty");
  writeFileSync(empty, "", { mode: 0o600 });
  const other = await check(file([VENUE, `${VENUE}passwordFile = "${empty}"\n`]));
  expect(other).toMatchObject({
    code: 3,
    err: `venues.VENUE.passwordFile: expected one line of 1 to 256 printable ASCII characters in ${empty}\n`,
  });
});

test("secrets that every user may read", async () => {
  const password = join(DIR, "password");
  writeFileSync(password, "s3cret\n", { mode: 0o600 });
  expect(await warnings([VENUE, `${VENUE}passwordFile = "${password}"\n`])).toEqual([]);
  chmodSync(password, 0o644);
  expect(await warnings([VENUE, `${VENUE}passwordFile = "${password}"\n`])).toEqual([
    `venues.VENUE.passwordFile: every user may read ${password} (mode 644); chmod o= ${password}`,
  ]);
  const path = file([VENUE, `${VENUE}password = "s3cret"\n`]);
  expect((await check(path)).out).not.toContain("warning");
  chmodSync(path, 0o604);
  const ended = await check(path);
  expect(ended.out).toStartWith(
    `warning: venues.VENUE.password: every user may read ${path} (mode 604); chmod o= ${path}\n`,
  );
  expect(ended.out).not.toContain("s3cret");
});

test("a data directory that is none, or that can't be made", async () => {
  const plain = join(DIR, "plain-file");
  writeFileSync(plain, "");
  const link = join(DIR, "link");
  symlinkSync(join(DIR, "nothing"), link);
  const cases: [string, string][] = [
    [plain, `--data: ${plain} is no directory; give a directory\n`],
    [join(plain, "below"), `--data: ${plain}/below can't be made: ${plain} is no directory\n`],
    [link, `--data: ${link} is a link to nothing; give a directory\n`],
    ["/proc/no/data", "--data: /proc/no/data can't be made in /proc: "],
  ];
  for (const [data, line] of cases) {
    const ended = await check(file(), "--data", data);
    expect({ data, code: ended.code, out: ended.out }).toEqual({ data, code: 3, out: "" });
    expect(ended.err).toStartWith(line);
    const run = await runToEnd(["run", "--config", file(), "--data", data]);
    expect(run.code, data).toBe(1);
  }
  const named = await runToEnd([
    ...["check", "--config", file(['compId = "GATEWAY"\n', `compId = "GATEWAY"\ndata = "${plain}"\n`])],
  ]);
  expect(named).toMatchObject({ code: 3, err: `gateway.data: ${plain} is no directory; give a directory\n` });
});

const NOBODY = ["setpriv", "--reuid=65534", "--clear-groups"];
const canBeNobody =
  process.getuid?.() === 0 &&
  Bun.which("setpriv") !== null &&
  Bun.spawnSync([...NOBODY, executable(), "version"], { stdout: "ignore", stderr: "ignore" }).exitCode === 0;

test.skipIf(!canBeNobody)("a data directory of another user (needs root)", async () => {
  const place = temporary();
  try {
    chmodSync(place, 0o755);
    const config = join(place, "gateway.toml");
    writeFileSync(config, PLAIN, { mode: 0o644 });
    const [closed, used] = [join(place, "closed"), join(place, "used")];
    mkdirSync(closed, { mode: 0o755 });
    mkdirSync(used);
    chmodSync(used, 0o777);
    writeFileSync(join(used, "lock"), "", { mode: 0o600 });
    for (const [data, line] of [
      [closed, `this user may not write in ${closed}: EACCES`],
      [join(place, "new"), `${place}/new can't be made in ${place}: EACCES`],
      [used, `this user may not write ${used}/lock; chown it to the gateway's user`],
    ]) {
      const ended = Bun.spawnSync([...NOBODY, executable(), "check", "--config", config, "--data", data!]);
      expect([ended.exitCode, ended.stderr.toString()]).toEqual([3, `--data: ${line}\n`]);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test("a CPU that is not there is a doubt, in check and in doctor, and stops no start", async () => {
  const absent = 1000;
  expect(availableParallelism()).toBeLessThan(absent);
  const change: [string, string] = ['idle = "park"', `idle = "park"\ncpus = [${absent}]`];
  const [line] = await warnings(change);
  expect(line).toMatch(
    /^lanes\.cpus\[0\]: CPU 1000 is not on this machine \([\d,-]+\): the lane of client0, core, venue0, keeper runs unpinned$/,
  );
  const explicit = await warnings([
    'preset = "one"\nidle = "park"',
    `[[lanes.place]]\nidle = "park"\nagents = ["client", "core", "venue"]\n[[lanes.place]]\nidle = "park"\nagents = ["keeper"]\ncpu = ${absent}`,
  ]);
  expect(explicit[0]).toStartWith("lanes.place[1].cpu: CPU 1000 is not on this machine");
  const doctor = await runToEnd(["doctor", "--json", "--config", file(change), "--data", DIR]);
  const report = JSON.parse(doctor.out) as {
    laneCpus: number[];
    checks: { name: string; verdict: string; seen: string }[];
  };
  expect(report.checks.find(({ name }) => name === "lane CPUs")).toMatchObject({
    verdict: "warn",
    seen: "CPU 1000 is not there: the gateway starts, and its lane runs unpinned",
  });
  expect(report.laneCpus).not.toContain(absent);
  const gateway = new Gateway({ lanes: change[1] });
  try {
    await gateway.start();
    expect(await gateway.stop()).toBe(0);
  } finally {
    await gateway.remove();
  }
});

test("ports: 0, one twice, and a venue's", async () => {
  expect(await warnings([LISTEN, 'listen = ["127.0.0.1:25801", "127.0.0.1:0"]'])).toEqual([
    'client.listen[1]: "127.0.0.1:0": port 0 is another free port at each start',
  ]);
  const twice = await check(file([LISTEN, 'listen = ["127.0.0.1:25801", "127.0.0.1:25803", "0.0.0.0:25801"]']));
  expect(twice).toMatchObject({
    code: 1,
    out: "",
    err: 'client.listen[2]: expected an unused port, got "0.0.0.0:25801", which client.listen[0] uses\n',
  });
  const venue = await check(file(['address = "127.0.0.1:25802"', 'address = ["127.0.0.1:25802", "127.0.0.1:0"]']));
  expect(venue.code).toBe(1);
  expect(venue.err).toMatch(/^venues\.VENUE\.address\[1\]: .* port from 1 to 65535, got "127\.0\.0\.1:0"\n$/);
});

test("fewer connections than sessions, a public address without passwords; the log says so, too", async () => {
  const open =
    '"0.0.0.0:25801" can be reached from other networks, and sessions ALICE, BOB have neither passwordHash nor allow';
  expect(await warnings([LISTEN, `${LISTEN}\nmaxConnections = 1`])).toEqual([
    "client.maxConnections: 1 is less than the 2 client sessions: not all of them can be on at once",
  ]);
  expect(await warnings([LISTEN, 'listen = "0.0.0.0:25801"'])).toEqual([`client.listen: ${open}`]);
  expect(await warnings([LISTEN, 'listen = ["127.0.0.1:25801", "0.0.0.0:25803"]'])).toEqual([
    `client.listen[1]: ${open.replace("25801", "25803")}`,
  ]);
  expect(await warnings([LISTEN, 'listen = "0.0.0.0:25801"'], [ALICE, `${ALICE}allow = ["203.0.113.0/24"]\n`])).toEqual(
    [`client.listen: ${open.replace("sessions ALICE, BOB have", "session BOB has")}`],
  );
  const gateway = new Gateway({ client: "maxConnections = 1" });
  try {
    await gateway.start();
    expect(gateway.log).toContain("WARN  configuration: client.maxConnections: 1 is less than the 2 client sessions");
  } finally {
    await gateway.remove();
  }
});

test("an address that this machine does not have", async () => {
  expect(
    await warnings([LISTEN, 'listen = ["127.0.0.1:25801", "192.0.2.77:25801"]'], [ALICE, `${ALICE}allow = ["::1"]\n`]),
  ).toEqual([
    'client.listen[1]: "192.0.2.77:25801" can be reached from other networks, and session BOB has neither passwordHash nor allow',
    "client.listen[1]: 192.0.2.77 is no address of this machine now; without it run can't start",
  ]);
  const dropCopy = '[dropCopy]\nlisten = "192.0.2.77:25803"\n[dropCopy.sessions.RISK]\nallow = ["192.0.2.0/24"]\n';
  expect(await warnings([VENUE, `${dropCopy}${VENUE}`])).toEqual([
    "dropCopy.listen: 192.0.2.77 is no address of this machine now; without it run can't start",
  ]);
});

test("a venue without a symbol, symbols without a venue, limits that let nothing through", async () => {
  expect(await warnings([VENUE, `[venues.DARK]\naddress = "127.0.0.1:25804"\n${VENUE}`])).toEqual([
    "venues.DARK: no symbol has it as its venue, so no order goes there",
  ]);
  const none = await check(file(['default = "VENUE"', ""]));
  expect(none).toMatchObject({
    code: 1,
    err: "symbols.AAPL.venue: missing; expected the name of a venue here or in routing.default\n",
  });
  expect(await warnings(["maxOrderNotional = 10_000_000", "maxOrderNotional = 100"])).toEqual([
    "risk.accounts.ACC1.maxOrderNotional: 100 does not pay one unit of any symbol (AAPL costs 135 or more): every order is refused",
  ]);
  expect(await warnings(['referencePrice = "150"', 'referencePrice = "150"\nenabled = false'])).toEqual([
    "symbols: every symbol has enabled = false: every new order is refused",
  ]);
  expect(await warnings(["[risk]\n", "[risk]\nkill = true\n"])).toEqual([
    "risk.kill: the gateway starts with the kill switch engaged: every new order is refused",
  ]);
});

test("messages name the key and the element, and of a long list of keys the nearest", async () => {
  const ended = await check(
    file(
      ['accounts = ["ACC1", "SLOW", "FEW"]', 'accounts = ["ACC1", "SLOW", "ACC1"]\nallow = ["10.0.0.0/8", "10.0.0/8"]'],
      [VENUE, `${VENUE}reconectMax = 1\ntimeout = 5\n`],
    ),
  );
  expect(ended.code).toBe(1);
  const lines = ended.err.trimEnd().split("\n");
  expect(lines).toContain(
    'client.sessions.ALICE.accounts[2]: expected entries that differ, got "ACC1" as in client.sessions.ALICE.accounts[0]',
  );
  expect(lines.find((line) => line.startsWith("client.sessions.ALICE.allow[1]: "))).toEndWith('got "10.0.0/8"');
  expect(lines.find((line) => line.startsWith("venues.VENUE.timeout: "))).toMatch(
    /^venues\.VENUE\.timeout: unknown key; known here: (?:\w+, ){4}\w+ … \(\d+ more\)$/,
  );
});

test("of many problems of one kind the first are printed, and how many more there are", async () => {
  const symbols = Array.from({ length: 500 }, (_, i) => `[symbols.S${i}]\nreferencePrice = 1\n`).join("");
  const ended = await check(file(['default = "VENUE"', ""], ["[risk]\n", `${symbols}[risk]\n`]));
  const lines = ended.err.trimEnd().split("\n");
  expect([ended.code, lines.length]).toEqual([1, 21]);
  expect(lines.at(-1)).toStartWith("… and 481 more, up to symbols.S499.venue: missing;");
});

test("what is no TOML is said in words", async () => {
  const ended = await check(file([ALICE, "[client.sessions.ALICE\n"]));
  const line = PLAIN.split("\n").indexOf("[client.sessions.ALICE]") + 1;
  expect(ended.code).toBe(1);
  expect(ended.err).toEndWith(
    `:${line}: not TOML: Expected ']' to close a table header but found the end of the line\n`,
  );
});

test("wrong words on the command line name the typo", async () => {
  for (const [words, text] of [
    [["run", "--confg", "x"], "unknown option '--confg' (Did you mean --config?)"],
    [["chek", "--config", "x"], "unknown command 'chek' (Did you mean check?)"],
    [["check", "x.toml"], "unexpected word 'x.toml' (Did you mean --config x.toml?)"],
    [["example", "--prodution"], "unknown option '--prodution' (Did you mean --production?)"],
  ] as const) {
    const ended = await runToEnd([...words]);
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.err).toContain(text);
  }
});

/** Memory of a process by the kernel's account, MiB. */
function residentMiB(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Rss:\s+(\d+)/m.exec(rollup)![1]) / 1024;
}

/** Accounts, each of a client, with traders, and three times as many symbols. */
const MANY = Array.from(
  { length: 4_000 },
  (_, i) => `[risk.accounts.A${i}]
maxOrderQty = 100_000
maxOrderNotional = 10_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000
[risk.clients.C${i}]
accounts = ["A${i}"]
[risk.traders.T${i}]
maxOpenOrders = 100
${[0, 1, 2].map((of) => `[symbols.S${i}-${of}]\nreferencePrice = 1`).join("\n")}`,
).join("\n");

test.each([
  ["small", { maxOrders: 16_384 }],
  ["large", { tables: MANY }],
  ["usual", { maxOrders: 1_048_576, client: "maxConnections = 300" }],
  ["wide", { maxOrders: 262_144, preset: "wide" }],
  ["warm", { lanes: 'idle = "park"\nwarmUp = "on"' }],
] as const)("memory of the process: a %s gateway takes what check says", async (_, setting) => {
  const gateway = new Gateway(setting);
  try {
    const ended = await runToEnd(["check", "--config", gateway.configFile, "--data", gateway.data]);
    const said = Number(/^ {2}about ([\d.]+) MiB in all when it is ready$/m.exec(ended.out)?.[1]);
    await gateway.start();
    const there = residentMiB(gateway.pid);
    // Less what it takes beside, as pages of the journal are in the system's cache: 3 streams of 3 windows of 4 MiB.
    expect(said).toBeGreaterThan(there * 0.8 - 36);
    expect(said).toBeLessThan(there * 1.25);
  } finally {
    await gateway.remove();
  }
});

test("what waits for venues' throttles has a row of its own, also where only cancels wait", async () => {
  const rowOf = async (throttle: string) => {
    const { out } = await check(file([VENUE, `${VENUE}throttle = { ${throttle} }\n`]));
    return /^ {2}requests that wait for throttles +([\d.]+ MiB) +venues\.\*\.throttle: cancels, queueLength$/m.exec(
      out,
    )?.[1];
  };
  expect(await rowOf("messages = 0")).toBeUndefined();
  expect(await rowOf("messages = 100, cancels = 4_096")).toBe("42.5 MiB");
  expect(await rowOf("messages = 100, cancels = 1_024")).toBe("10.6 MiB");
});

test("memory that this machine does not have, or that limitMiB does not allow", async () => {
  expect((await warnings(["maxOrders = 16384", "maxOrders = 16_384\n[memory]\nlimitMiB = 10"]))[0]).toMatch(
    /^memory\.limitMiB: 10 is less than the gateway takes before its first order, about \d+ MiB$/,
  );
  const total = Number(/^MemTotal:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))![1]) / 1024;
  // 5,000,000 orders take about 4 GiB.
  if (total > 3_500) return;
  const [line] = await warnings(["maxOrders = 16384", "maxOrders = 5_000_000"]);
  expect(line).toMatch(
    /^core\.maxOrders: the gateway takes about [\d,]+ MiB of memory, and there are [\d,]+ MiB here; orders take /,
  );
});

test("the production example passes the check as it is, and with all its settings taken in", async () => {
  const example = await runToEnd(["example", "--production"]);
  expect(example).toMatchObject({ code: 0, err: "" });
  expect(example.out).not.toContain("[exchange]");
  const key = join(DIR, "pagerduty-key");
  writeFileSync(key, "a-key\n", { mode: 0o600 });
  const taken = example.out.replaceAll(/^#(?=[A-Za-z])/gm, "").replace("/etc/sallyport/pagerduty-key", key);
  expect(taken.length).toBeLessThan(example.out.length - 100);
  for (const text of [example.out, taken]) {
    const path = join(DIR, `production${++files}.toml`);
    writeFileSync(path, text, { mode: 0o600 });
    const ended = await check(path);
    expect(ended).toMatchObject({ code: 0, err: "" });
    expect(
      ended.out.match(/^warning: (?!lanes\.cpus|(client|dropCopy)\.listen: 10\.0\.0\.5 is no address)/gm),
    ).toBeNull();
  }
});

test("doctor measures the disk beside a live data directory and leaves that alone", async () => {
  const gateway = new Gateway();
  try {
    await gateway.start();
    // The gateway itself keeps its alarms and stalls there, when it comes to that.
    const files = (): string[] =>
      readdirSync(gateway.data)
        .filter((name) => !/^(alarms|stalls)\./.test(name))
        .sort();
    const before = files();
    const trace = join(DIR, "trace");
    const strace = Bun.which("strace");
    const words = [executable(), "doctor", "--json", "--config", gateway.configFile, "--data", gateway.data];
    const child = Bun.spawnSync(
      strace === null ? words : [strace, "-f", "-e", "trace=openat,open,unlink,unlinkat", "-o", trace, ...words],
    );
    const report = JSON.parse(child.stdout.toString()) as { checks: { name: string; seen: string }[] };
    const { seen } = report.checks.find(({ name }) => name === "fdatasync p99")!;
    expect(seen).toEndWith(`writes in ${gateway.directory})`);
    expect(files()).toEqual(before);
    if (strace !== null) expect(readFileSync(trace, "utf8")).not.toMatch(/data\/.*O_(?:WRONLY|RDWR)/);
    expect(await gateway.stop()).toBe(0);
  } finally {
    await gateway.remove();
  }
});

const canMount =
  process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-m", "true"], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!canMount)("a separate disk is measured while no gateway runs on it (needs root)", () => {
  const data = join(DIR, "disk");
  mkdirSync(data);
  const examine = `"${executable()}" doctor --json --data "${data}"`;
  const script = `mount -t tmpfs none "${data}" && echo {} > "${data}/names.json" && (${examine} > idle.json || true)
    touch "${data}/lock" && (flock "${data}/lock" sh -c '${examine}' > live.json || true); ls -A "${data}"`;
  const child = Bun.spawnSync(["unshare", "-m", "sh", "-c", script], { cwd: DIR });
  expect(child.stdout.toString(), child.stderr.toString()).toBe("lock\nnames.json\n");
  const seen = (name: string) =>
    (JSON.parse(readFileSync(join(DIR, name), "utf8")) as { checks: { name: string; seen: string }[] }).checks.find(
      (one) => one.name === "fdatasync p99",
    )!.seen;
  expect(seen("idle.json")).toEndWith(`writes in ${data})`);
  expect(seen("live.json")).toStartWith(`${data}: a gateway runs on this disk`);
});

test("a configuration that check doubts starts", async () => {
  const gateway = new Gateway();
  try {
    const port = freePort();
    const text = readFileSync(gateway.configFile, "utf8")
      .replace(VENUE, `[venues.DARK]\naddress = "127.0.0.1:${port}"\n${VENUE}password = "s3cret"\n`)
      .replace("[client]\n", "[client]\nmaxConnections = 1\n")
      .replace("maxOrderNotional = 10_000_000", "maxOrderNotional = 1");
    writeFileSync(gateway.configFile, text, { mode: 0o644 });
    const ended = await runToEnd(["check", "--config", gateway.configFile, "--data", gateway.data]);
    expect(ended.code).toBe(0);
    expect(ended.out.match(/^warning: /gm)).toHaveLength(4);
    await gateway.start();
    expect(await gateway.stop()).toBe(0);
  } finally {
    await gateway.remove();
  }
});
