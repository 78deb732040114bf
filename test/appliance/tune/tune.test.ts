import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SETTINGS } from "../../../appliance/doctor/drop-in.ts";
import { changes, maskText } from "../../../appliance/tune/changes.ts";
import { type Entry, merged } from "../../../appliance/tune/state.ts";
import { type Tuning, tune, undo } from "../../../appliance/tune/tune.ts";
import { made } from "../doctor/made-up.ts";
import { sallyport } from "../sallyport.ts";

const GOVERNOR = "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor";
const QUEUES = "/sys/devices/virtual/workqueue/cpumask";
const IRQ = "/proc/irq/40/smp_affinity_list";
const SWAP = "/proc/sys/vm/swappiness";
const THP = "/sys/kernel/mm/transparent_hugepage/enabled";
const DIRTY = "/proc/sys/vm/dirty_bytes";
const RATIO = "/proc/sys/vm/dirty_ratio";
const TREE = {
  "/sys/devices/system/cpu/online": "0-3",
  "/sys/devices/system/cpu/isolated": "2-3",
  [GOVERNOR]: "powersave",
  [QUEUES]: "f",
  [THP]: "[always] madvise never",
  [IRQ]: "0-3",
  "/proc/irq/41/smp_affinity_list": "1",
  "/proc/irq/42/smp_affinity_list": "3",
  [SWAP]: "60",
  [DIRTY]: "0",
  [RATIO]: "20",
};

/** A machine in memory, whose kernel refuses what `refuses` names. */
function machine(refuses: Record<string, string> = {}, dryRun = false) {
  const tree: Record<string, string | number> = { ...TREE };
  const said: string[] = [];
  const written: string[] = [];
  let kept: Entry[] = [];
  const tuning: Tuning = {
    files: made(tree),
    writer: {
      write(path, value) {
        written.push(path);
        if (refuses[path] !== undefined) return refuses[path];
        tree[path] = value;
        // The kernel's own: a ratio takes the place of the bytes.
        if (path === RATIO) tree[DIRTY] = "0";
        return null;
      },
    },
    state: { read: () => kept, write: (entries) => void (kept = structuredClone([...entries])) },
    dryRun,
    print: (line) => said.push(line.replace(/ +/g, " ")),
  };
  return { tree, said, written, tuning, kept: () => kept };
}

test("what doctor recommends is set, recorded, and undone", () => {
  const { tree, said, tuning, kept } = machine();
  expect(tune(tuning, [2, 3])).toBe(0);
  expect(tree).toEqual({
    ...TREE,
    [GOVERNOR]: "performance",
    [QUEUES]: "00000003",
    [THP]: "madvise",
    [IRQ]: "0-1",
    "/proc/irq/42/smp_affinity_list": "0-1",
    [SWAP]: "1",
    [DIRTY]: "1073741824",
  });
  expect(said).toContain("set vm.swappiness 60 -> 1");
  expect(said).toContain("set interrupt 40 0-3 -> 0-1");
  expect(kept().find(({ path }) => path === SWAP)).toMatchObject({ before: "60", after: "1" });
  said.length = 0;
  expect(tune(tuning, [2, 3])).toBe(0);
  expect(said).toEqual(["nothing to do"]);
  expect(undo(tuning)).toBe(0);
  expect(tree).toEqual({ ...TREE, [THP]: "always" });
  expect(said).toContain("restored vm.dirty_bytes 1073741824 -> 0");
  expect(kept()).toEqual([]);
  expect(undo(tuning)).toBe(0);
  expect(said.at(-1)).toBe("nothing to undo");
});

test("--dry-run writes nothing, neither settings nor state", () => {
  const { tree, said, written, tuning, kept } = machine({}, true);
  expect(tune(tuning, [2, 3])).toBe(0);
  expect([written, kept()]).toEqual([[], []]);
  expect(tree).toEqual(TREE);
  expect(said).toContain("would set governor of CPU 1 powersave -> performance");
});

test("refusals are told with what they mean, and only what was set is recorded", () => {
  const { said, tuning, kept } = machine({ [SWAP]: "EROFS", [GOVERNOR]: "EPERM", [DIRTY]: "EINVAL" });
  expect(tune(tuning, [2, 3])).toBe(3);
  const line = (word: string) => said.find((one) => one.includes(word));
  expect(line("swappiness")).toStartWith("refused vm.swappiness 60 -> 1: EROFS, mounted read-only");
  expect(line("governor")).toContain("EPERM, not permitted: run it as root");
  expect(line("dirty_bytes")).toContain("EINVAL, the kernel does not take this value");
  expect(kept().map(({ path }) => path)).toEqual([THP, QUEUES, IRQ, "/proc/irq/42/smp_affinity_list"]);
});

test("an interrupt that the kernel manages itself is told and is no failure", () => {
  const { said, tuning } = machine({ "/proc/irq/42/smp_affinity_list": "EIO" });
  expect(tune(tuning, [2, 3])).toBe(0);
  expect(said.find((one) => one.includes("interrupt 42"))).toContain("EIO, the kernel manages this interrupt itself");
});

test("undo leaves alone what somebody changed since, and keeps what it could not restore", () => {
  const { tree, said, tuning, kept } = machine();
  tune(tuning, []);
  tree[SWAP] = "10";
  const refusing = { ...tuning, writer: { write: () => "EPERM" } };
  expect(undo({ ...refusing, dryRun: true })).toBe(0);
  expect(undo(refusing)).toBe(3);
  expect(said).toContain("left alone vm.swappiness 10 -> 60: changed since");
  expect(kept().map(({ path }) => path)).toEqual([GOVERNOR, THP, DIRTY]);
});

test("without lanes' CPUs neither interrupts nor work queues are touched", () => {
  const paths = changes(made(TREE), []).map(({ path }) => path);
  expect(paths).toEqual([GOVERNOR, THP, SWAP, DIRTY]);
  expect(changes(made({}), [2])).toEqual([]);
  const odd = { "/sys/devices/system/cpu/online": "0-3", [QUEUES]: "", "/proc/irq/default_smp_affinity": "?" };
  expect(changes(made(odd), [2])).toEqual([]);
});

test("tuned twice, the oldest value is what undo brings back", () => {
  const entry = { what: "w", path: SWAP, before: "60", after: "1" };
  expect(merged([entry], [{ ...entry, before: "1", after: "5" }])).toEqual([{ ...entry, after: "5" }]);
});

test("masks are the kernel's: words of 32 bits, the highest first", () => {
  expect([maskText([0, 1]), maskText([31]), maskText([0, 32])]).toEqual(["00000003", "80000000", "00000001,00000001"]);
});

const ROOT = mkdtempSync(join(tmpdir(), "sallyport-tune-"));
afterAll(() => rmSync(ROOT, { recursive: true }));

test("a made-up tree on disk: tune and undo by the command line, other files untouched", () => {
  for (const [path, text] of Object.entries(TREE)) {
    mkdirSync(join(ROOT, dirname(path)), { recursive: true });
    writeFileSync(join(ROOT, path), `${text}\n`);
  }
  const read = (path: string) => readFileSync(join(ROOT, path), "utf8").trim();
  const state = join(ROOT, "var/lib/sallyport/tune.json");
  expect(sallyport("tune", "--root", ROOT, "--dry-run").exitCode).toBe(0);
  expect([existsSync(state), read(SWAP)]).toEqual([false, "60"]);
  expect(sallyport("tune", "--root", ROOT)).toMatchObject({ exitCode: 0, stderr: "" });
  expect([read(SWAP), read(IRQ), read(GOVERNOR)]).toEqual(["1", "0-1", "performance"]);
  // Keys that the tree does not have are not made.
  expect(SETTINGS.length).toBeGreaterThan(2);
  expect(existsSync(join(ROOT, "proc/sys/net"))).toBe(false);
  expect(JSON.parse(readFileSync(state, "utf8")).format).toBe(1);
  expect(sallyport("tune", "--root", ROOT, "--undo")).toMatchObject({ exitCode: 0, stderr: "" });
  expect([read(SWAP), read(IRQ), read(GOVERNOR), existsSync(state)]).toEqual(["60", "0-3", "powersave", false]);
});

test("a state that is not tune's own, or has no place: exit code 1, and nothing is written", () => {
  const state = join(ROOT, "odd.json");
  writeFileSync(state, '{"format":1,"entries":[{"what":"w","path":"/proc/../etc/x","before":"1","after":"2"}]}');
  const ended = sallyport("tune", "--root", ROOT, "--undo", "--state", state);
  expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("expected what sallyport tune") });
  const placeless = sallyport("tune", "--root", ROOT, "--state", join(state, "below"));
  expect(placeless).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("cannot be") });
  expect(readFileSync(join(ROOT, SWAP), "utf8")).toBe("60\n");
});
