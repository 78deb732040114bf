import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { KIB } from "../../../src/base/units.ts";
import { ENTRY_HEADER_BYTES, segmentFile } from "../../../src/journal/layout.ts";
import { openDirectory } from "../../../src/journal/store/open.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "../rig.ts";

const open = (dir: string, segmentBytes = SEGMENT_BYTES) => openDirectory(dir, ["FIRM1"], ["ARCA"], segmentBytes);

/** Bytes of disk that a file takes. */
const taken = (path: string): number => statSync(path).blocks * 512;

describe("a start", () => {
  test("begins a new segment, and cuts the old one to what is used of it", () => {
    using dir = scratchDirectory();
    const first = new Rig(dir.path);
    for (let sequence = 1; sequence <= 10; sequence++) first.message(1, sequence, 200);
    first.settle();
    first.abandon();
    expect(readdirSync(dir.path).filter((file) => file.endsWith(".journal"))).toHaveLength(2);

    const second = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
    expect(Math.floor(second.writer.position / SEGMENT_BYTES)).toBe(2);
    expect(taken(`${dir.path}/${segmentFile("core", 1)}`)).toBeLessThan(16 * KIB);
    for (let sequence = 11; sequence <= 20; sequence++) second.message(1, sequence, 200);
    second.abandon();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(20), end: { segment: 2 } });
  });

  test("takes a torn tail away for good", () => {
    using dir = scratchDirectory();
    const first = new Rig(dir.path);
    for (let sequence = 1; sequence <= 3; sequence++) first.message(1, sequence, 200);
    const at = first.writer.claim(200);
    first.writer.views.bytes.fill(0x55, at, at + 200);
    first.abandon();
    const used = readBack(dir.path).end.usedBytes;
    const second = new Rig(dir.path, "core", { usedBytes: used });
    second.message(1, 4, 200);
    second.abandon();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(4), end: { notice: null } });
    expect(statSync(`${dir.path}/${segmentFile("core", 1)}`).size).toBe(used);
  });

  test("takes a torn entry away for good that is the first of its segment", () => {
    using dir = scratchDirectory();
    const first = new Rig(dir.path);
    first.message(1, 1, 200);
    first.abandon();
    const second = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
    const at = second.writer.claim(200);
    second.writer.views.bytes.fill(0x55, at, at + 200);
    // As a disk may have it after a power cut: the length is there, of the rest not all.
    second.writer.views.ints[(at - ENTRY_HEADER_BYTES) >> 2] = ENTRY_HEADER_BYTES + 200;
    second.abandon();
    const third = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
    third.message(1, 2, 200);
    third.abandon();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(2), end: { notice: null } });
  });

  test("any number of them without an entry leaves one segment", () => {
    using dir = scratchDirectory();
    for (let i = 0; i < 5; i++) {
      const rig = new Rig(dir.path);
      rig.settle();
      rig.abandon();
    }
    const rig = new Rig(dir.path);
    expect(readdirSync(dir.path).filter((file) => file.endsWith(".journal"))).toEqual([segmentFile("core", 1)]);
    rig.abandon();
  });

  test("clears away what an interrupted preparation left", () => {
    using dir = scratchDirectory();
    new Rig(dir.path).abandon();
    const left = `${dir.path}/${segmentFile("core", 2)}.making`;
    writeFileSync(left, new Uint8Array(100));
    new Rig(dir.path).abandon();
    expect(existsSync(left)).toBe(false);
  });
});

test("a clean stop leaves just what was written", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  for (let sequence = 1; sequence <= 10; sequence++) rig.message(1, sequence, 200);
  rig.settle();
  rig.close();
  expect(readdirSync(dir.path).sort()).toEqual([segmentFile("core", 1), "lock", "names.json"]);
  expect(statSync(`${dir.path}/${segmentFile("core", 1)}`).size).toBe(4096 + 10 * 232);
  const again = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
  again.message(1, 11, 200);
  again.close();
  expect(readBack(dir.path).sequences).toEqual(upTo(11));
});

describe("a data directory is refused in one line that says what to do", () => {
  test("while another process has it, with its pid", async () => {
    using dir = scratchDirectory();
    const source = `
      const { openDirectory } = await import(${JSON.stringify(join(import.meta.dir, "../../../src/journal/store/open.ts"))});
      openDirectory(process.argv[1], [], [], ${SEGMENT_BYTES});
      console.log("open");
      await Bun.stdin.text();`;
    const child = Bun.spawn([process.execPath, "-e", source, dir.path], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    try {
      await child.stdout.getReader().read();
      expect(() => open(dir.path)).toThrow(
        `data directory ${dir.path}: in use by another process (pid ${child.pid}); stop it, or give another --data directory`,
      );
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
    // A process that died, however it died, holds nothing.
    open(dir.path);
  });

  test("while this process has it", () => {
    using dir = scratchDirectory();
    open(dir.path);
    expect(() => open(dir.path)).toThrow("in use by another process");
  });

  test("when it is a file, or below one", () => {
    using dir = scratchDirectory();
    const file = `${dir.path}/file`;
    writeFileSync(file, "text");
    expect(() => open(file)).toThrow(/^data directory .*file: is a file; give a directory$/);
    expect(() => open(`${file}/data`)).toThrow(
      /^data directory .*ENOTDIR.*; give a directory that this user may write to$/,
    );
  });

  test.each([
    ["x.journal", "PK\x03\x04 something else", "not a Sallyport journal file; move it elsewhere"],
    ["core-00000001.journal", "", "not a Sallyport journal file; move it elsewhere"],
  ])("when a file %s is foreign", (name, content, message) => {
    using dir = scratchDirectory();
    new Rig(dir.path).abandon();
    writeFileSync(`${dir.path}/${name}`, content);
    expect(() => open(dir.path)).toThrow(`${dir.path}/${name}: ${message}`);
    // It is left alone, and the directory free.
    expect(readFileSync(`${dir.path}/${name}`, "latin1")).toBe(content);
    unlinkSync(`${dir.path}/${name}`);
    open(dir.path);
  });

  test("when a directory is named like a segment", () => {
    using dir = scratchDirectory();
    mkdirSync(`${dir.path}/core-00000001.journal`);
    expect(() => open(dir.path)).toThrow("not a Sallyport journal file; move it elsewhere");
  });

  test("when a segment strayed in from another directory", () => {
    using dir = scratchDirectory();
    using other = scratchDirectory();
    new Rig(dir.path).abandon();
    new Rig(other.path).abandon();
    const names = JSON.parse(readFileSync(`${other.path}/names.json`, "utf8"));
    writeFileSync(`${other.path}/names.json`, JSON.stringify({ ...names, birth: names.birth + 100 }));
    expect(() => open(other.path)).toThrow("belongs to another data directory; move it elsewhere");
    copyFileSync(`${dir.path}/${segmentFile("core", 1)}`, `${other.path}/${segmentFile("core", 1)}`);
    expect(() => open(other.path)).toThrow("belongs to another data directory; move it elsewhere");
  });

  test.each([
    ["{", /names\.json: not readable as a journal's names .*; restore it/],
    ["null", /names\.json: not a Sallyport journal/],
    ['{"name":"some-package"}', /names\.json: not a Sallyport journal/],
    ['{"format":"sallyport-journal","version":7}', /names\.json: journal version 7, this binary reads 1/],
  ])("when names.json holds %s", (content, message) => {
    using dir = scratchDirectory();
    writeFileSync(`${dir.path}/names.json`, content);
    expect(() => open(dir.path)).toThrow(message);
  });

  test("when names.json is gone but segments are there", () => {
    using dir = scratchDirectory();
    new Rig(dir.path).abandon();
    unlinkSync(`${dir.path}/names.json`);
    expect(() => open(dir.path)).toThrow(/names\.json: missing beside journal files; restore it/);
  });

  test("when its segments have another size", () => {
    using dir = scratchDirectory();
    new Rig(dir.path, "core", { segmentBytes: 1 << 20 }).abandon();
    expect(() => open(dir.path, 2 << 20)).toThrow(/its segments have 1 MiB, journal.segmentMiB is 2; set it to 1/);
  });

  const asNobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const works =
    asNobody.length === 0 ||
    (Bun.which("setpriv") !== null &&
      Bun.spawnSync([...asNobody, process.execPath, "--version"], { stderr: "ignore" }).exitCode === 0);

  test.skipIf(!works)("when this user may not write there, or not read a segment (needs setpriv when root)", () => {
    using dir = scratchDirectory();
    const source = `
      const { openDirectory } = await import(${JSON.stringify(join(import.meta.dir, "../../../src/journal/store/open.ts"))});
      try { openDirectory(process.argv[1], [], [], ${SEGMENT_BYTES}); console.log("opened"); }
      catch (error) { console.log(error.message); }`;
    const ask = (path: string): string =>
      Bun.spawnSync([...asNobody, process.execPath, "-e", source, path], { stderr: "inherit" })
        .stdout.toString()
        .trim();
    chmodSync(dir.path, 0o755);
    mkdirSync(`${dir.path}/closed`, { mode: asNobody.length === 0 ? 0o500 : 0o755 });
    expect(ask(`${dir.path}/closed`)).toMatch(/^open .*closed\/lock: EACCES \(permission denied: .*\)$/);
    expect(ask(`${dir.path}/closed/deeper`)).toMatch(
      /^data directory .*EACCES.*; give a directory that this user may write to$/,
    );
    mkdirSync(`${dir.path}/journal`);
    new Rig(`${dir.path}/journal`).abandon();
    chmodSync(`${dir.path}/journal`, 0o777);
    chmodSync(`${dir.path}/journal/lock`, 0o666);
    chmodSync(`${dir.path}/journal/names.json`, 0o666);
    chmodSync(`${dir.path}/journal/${segmentFile("core", 1)}`, 0);
    expect(ask(`${dir.path}/journal`)).toMatch(/core-00000001\.journal: EACCES.*; make it readable to this user$/);
  });
});
