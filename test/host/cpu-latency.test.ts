import { afterAll, expect, test } from "bun:test";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CpuLatency } from "../../src/host/cpu-latency.ts";

const DEVICE = "/dev/cpu_dma_latency";
const DIR = mkdtempSync(join(tmpdir(), "sallyport-latency-"));
afterAll(() => rmSync(DIR, { recursive: true }));

function mayOpen(): boolean {
  try {
    accessSync(DEVICE, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the kernel holds the machine to now. */
function holds(): number {
  const fd = openSync(DEVICE, "r");
  const value = new Int32Array(1);
  readSync(fd, value);
  closeSync(fd);
  return value[0]!;
}

test.skipIf(!mayOpen())("it is held at 0 while it is open, seen from another descriptor (needs the device)", () => {
  const before = holds();
  const latency = new CpuLatency();
  expect(latency.hold()).toBe(`${DEVICE} is held at 0 µs, read back`);
  expect([latency.held, holds()]).toEqual([true, 0]);
  latency.release();
  expect([latency.held, holds()]).toEqual([false, before]);
});

test("without a device, or the right to it, it is not held, and why is said", () => {
  const absent = new CpuLatency(join(DIR, "absent"));
  expect(absent.hold()).toContain("not held: ");
  expect(absent.hold()).toContain("ENOENT (the kernel has no such device, or PrivateDevices=yes");
  expect(absent.held).toBe(false);
  const notADevice = join(DIR, "file");
  writeFileSync(notADevice, "");
  expect(new CpuLatency(notADevice).hold()).toContain("asked for 0 µs");
  expect(readFileSync(notADevice).length).toBe(4);
  chmodSync(notADevice, 0o444);
  const outcome = Bun.spawnSync(
    [...(process.getuid?.() === 0 ? ["setpriv", "--bounding-set", "-all"] : []), process.execPath, "-e", ATTEMPT],
    { env: { ...process.env, LATENCY_FILE: notADevice } },
  );
  expect(outcome.stdout.toString()).toContain("EACCES (only root may open it");
});

const ATTEMPT = `
  import { CpuLatency } from ${JSON.stringify(join(import.meta.dir, "../../src/host/cpu-latency.ts"))};
  console.log(new CpuLatency(process.env.LATENCY_FILE).hold());`;
