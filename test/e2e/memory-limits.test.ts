import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { Gateway, runToEnd } from "./gateway.ts";

setDefaultTimeout(60_000);

const MIB = 1024 * 1024;

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function made(setting: ConstructorParameters<typeof Gateway>[0]) {
  const gateway = new Gateway(setting);
  ends.push(() => gateway.remove());
  const run = (wrapper: string[]) => runToEnd(["run", "--config", gateway.configFile, "--data", gateway.data], wrapper);
  return { gateway, run };
}

test.each([
  [
    2_000_000,
    /^sallyport: the limit of addresses \(ulimit -v, LimitAS\) is 1,953 MiB: the JavaScript engine has no room for its JIT compiler; set it to unlimited$/,
  ],
  [
    2_500_000,
    /^sallyport: .*ENOMEM.*; the limits of memory: of addresses \(ulimit -v, LimitAS\) 2,442 MiB, [\d,]+ MiB used/,
  ],
])("a limit of addresses that is too low (%d KiB): one line that names it, exit code 1", async (kib, line) => {
  const { run } = made({});
  const { code, err, out } = await run(["bash", "-c", `ulimit -v ${kib}; exec "$@"`, "bash"]);
  expect(out).toBe("");
  expect(err.trimEnd().split("\n").at(-1)).toMatch(line);
  expect(err).not.toMatch(/^\s+at |panic|bug in Bun/m);
  expect(code).toBe(1);
});

test("tables that the limit has no room for: refused before they are made", async () => {
  const { run } = made({ maxOrders: 4_000_000 });
  const { code, err } = await run(["bash", "-c", 'ulimit -v 6500000; exec "$@"', "bash"]);
  expect(err.trimEnd().split("\n").at(-1)).toMatch(
    /^sallyport: the configuration needs at least [\d,]+ MiB more memory, and the limit of addresses \(ulimit -v, LimitAS\) is 6,348 MiB, of which [\d,]+ MiB are used: raise it, or lower core\.maxOrders/,
  );
  expect(code).toBe(1);
});

/** A memory cgroup of the test's own, in either version; null where that is forbidden. */
function group(limitMiB: number) {
  const isV1 = existsSync("/sys/fs/cgroup/memory");
  const folder = `/sys/fs/cgroup/${isV1 ? "memory/" : ""}sallyport-test-${process.pid}-${limitMiB}`;
  const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");
  const limit = (bytes: number): void =>
    writeFileSync(`${folder}/${isV1 ? "memory.limit_in_bytes" : "memory.max"}`, String(Math.round(bytes)));
  /** Without file pages. */
  const used = (): number => {
    const files = [...read("memory.stat").matchAll(/^(?:in)?active_file (\d+)$/gm)];
    const all = Number(read(isV1 ? "memory.usage_in_bytes" : "memory.current"));
    return all - files.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  };
  try {
    mkdirSync(folder);
    ends.push(() => rmdirSync(folder));
    limit(limitMiB * MIB);
  } catch {
    return null;
  }
  return { wrapper: ["bash", "-c", `echo $$ > ${folder}/cgroup.procs && exec "$@"`, "bash"], limit, used };
}

test("a control group without room: refused before anything is killed (needs root)", async () => {
  const own = group(400);
  if (own === null) return;
  const { run } = made({ maxOrders: 4_000_000 });
  const { code, err } = await run(own.wrapper);
  expect(err.trimEnd().split("\n").at(-1)).toMatch(
    /^sallyport: the configuration needs at least [\d,]+ MiB more memory, and the limit of the control group \(\S+, MemoryMax\) is 400 MiB, of which \d+ MiB are used: raise it/,
  );
  expect(code).toBe(1);
});

test("a control group that is nearly used up: an alarm, and an end of it (needs root)", async () => {
  const own = group(2_000);
  if (own === null) return;
  const { gateway } = made({});
  await gateway.start(own.wrapper);
  own.limit(own.used() / 0.93);
  await gateway.said(
    /ALARM memory: \d+ MiB of the \d+ MiB of the control group \(\S+, MemoryMax\) are used: at the limit/,
  );
  own.limit(2_000 * MIB);
  await gateway.said("INFO  memory: the limits of memory have room again");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a process that was killed: the next start says so, one that ended cleanly does not", async () => {
  const { gateway } = made({});
  await gateway.start();
  const { pid } = gateway;
  await gateway.crash();
  await gateway.start();
  expect(gateway.log).toContain(`WARN  journal: the process before this one (${pid}) did not end cleanly: `);
  const from = gateway.log.length;
  expect(await gateway.stop(), gateway.log).toBe(0);
  await gateway.start();
  expect(gateway.log.slice(from)).not.toContain("did not end cleanly");
});
