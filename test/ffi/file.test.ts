import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EBADF, EFBIG, EINVAL } from "../../ffi/errno.ts";
import {
  allocateFile,
  closeFd,
  lockFile,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  openFile,
  readAt,
  rename,
  syncData,
  syncDirectory,
  truncateFile,
  writeAt,
  writeZeros,
} from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";
import { Views } from "../../src/base/views.ts";

let directory = "";
const path = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-file-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

test("opening creates with the mode asked for, and says what is wrong", () => {
  const fd = openFile(path("made"), O_RDWR | O_CREAT, 0o600);
  expect(statSync(path("made")).mode & 0o777).toBe(0o600);
  expect(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")).toMatch(/flags:\s*02[0-7]*2\b/); // O_CLOEXEC | … | O_RDWR
  closeFd(fd);
  expect(() => openFile(path("absent"), O_RDONLY)).toThrow(`open ${path("absent")}: ENOENT (no such file or directory`);
  expect(() => openFile(path("made"), O_RDWR | O_CREAT | O_EXCL)).toThrow("EEXIST");
  expect(() => openFile(directory, O_RDWR)).toThrow("EISDIR");
});

test("allocated files have their size and their disk", () => {
  const fd = openFile(path("allocated"), O_RDWR | O_CREAT);
  expect(allocateFile(fd, 300_000)).toBe(0);
  const { size, blocks } = statSync(path("allocated"));
  expect(size).toBe(300_000);
  expect(blocks * 512).toBeGreaterThanOrEqual(300_000);
  expect(truncateFile(fd, 1000)).toBe(0);
  expect(statSync(path("allocated")).size).toBe(1000);
  expect(syncData(fd)).toBe(0);
  closeFd(fd);
  syncDirectory(directory);
});

test("where the file system cannot allocate, zeros are written", () => {
  const fd = openFile(path("zeros"), O_RDWR | O_CREAT);
  expect(writeZeros(fd, 150_000)).toBe(0);
  const { size, blocks } = statSync(path("zeros"));
  expect(size).toBe(150_000);
  expect(blocks * 512).toBeGreaterThanOrEqual(150_000);
  closeFd(fd);
});

test("what the kernel refuses comes back as -errno", () => {
  const fd = openFile(path("refused"), O_RDWR | O_CREAT);
  expect(allocateFile(fd, 2 ** 62)).toBe(-EFBIG);
  expect(allocateFile(fd, 0)).toBe(-EINVAL);
  expect(truncateFile(fd, -1)).toBe(-EINVAL);
  expect(closeFd(fd)).toBe(0);
  expect(closeFd(9999)).toBe(-EBADF);
  expect(allocateFile(9999, 10)).toBe(-EBADF);
  expect(writeZeros(9999, 10)).toBe(-EBADF);
  expect(syncData(9999)).toBe(-EBADF);
});

test("bytes are read and written at their place", () => {
  const fd = openFile(path("bytes"), O_RDWR | O_CREAT);
  const views = Views.allocate(4096);
  const at = addressOf(views);
  views.bytes.set([1, 2, 3, 4]);
  expect(writeAt(fd, at, 4, 5)).toBe(4);
  expect(readAt(fd, at + 100, 100, 3)).toBe(6);
  expect([...views.bytes.subarray(100, 107)]).toEqual([0, 0, 1, 2, 3, 4, 0]);
  expect(readAt(fd, at, 10, 9)).toBe(0);
  expect(readAt(9999, at, 10, 0)).toBe(-EBADF);
  // Far beyond 2^32: offsets are whole.
  expect(writeAt(fd, at, 4, 6_000_000_000)).toBe(4);
  expect(statSync(path("bytes")).size).toBe(6_000_000_004);
  closeFd(fd);
});

test("a lock has one holder until it is closed", () => {
  const first = openFile(path("lock"), O_RDWR | O_CREAT);
  const second = openFile(path("lock"), O_RDWR | O_CREAT);
  expect(lockFile(first)).toBe(true);
  expect(lockFile(second)).toBe(false);
  closeFd(first);
  expect(lockFile(second)).toBe(true);
  closeFd(second);
  expect(() => lockFile(9999)).toThrow("flock: EBADF");
});

test("renaming replaces", () => {
  writeFileSync(path("new"), "new");
  writeFileSync(path("old"), "old");
  rename(path("new"), path("old"));
  expect(readFileSync(path("old"), "utf8")).toBe("new");
  expect(existsSync(path("new"))).toBe(false);
  expect(() => rename(path("new"), path("old"))).toThrow("ENOENT");
});
