import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EINVAL, ENOSYS, EPERM, SystemError } from "../../ffi/errno.ts";
import { allocateFile, closeFd, O_CREAT, O_RDONLY, O_RDWR, openFile } from "../../ffi/file.ts";
import {
  addressedCount,
  addressedRanges,
  addressOf,
  bindToNode,
  copyMemory,
  cString,
  dontDump,
  dontNeed,
  fillMemory,
  hugePages,
  mapAnonymous,
  mapFileAt,
  nodeOf,
  populateWrite,
  preferNode,
  reserve,
  touchPages,
  unmap,
  unmapToReserve,
  viewAt,
} from "../../ffi/memory.ts";
import { Views } from "../../src/base/views.ts";
import { nextTurn } from "../eventually.ts";

const KIB_64 = 65_536;
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-memory-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

/** How much of a range is in memory, after the kernel's own books. */
function resident(address: number): number {
  const maps = readFileSync("/proc/self/smaps", "utf8");
  const at = maps.indexOf(`${address.toString(16)}-`);
  return Number(/Rss:\s+(\d+) kB/.exec(maps.slice(at))![1]) * 1024;
}

/** What the kernel's books say of where the pages of a range may be. */
function policyOf(address: number): string | undefined {
  const line = readFileSync("/proc/self/numa_maps", "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${address.toString(16)} `));
  return line?.split(" ")[1];
}

test("an address is that of the memory itself", () => {
  const buffer = new ArrayBuffer(8192);
  const bytes = new Uint8Array(buffer);
  bytes[5000] = 77;
  const again = new Uint8Array(viewAt(addressOf(buffer), 8192));
  expect(again[5000]).toBe(77);
  again[0] = 5;
  expect(bytes[0]).toBe(5);
});

test("Views and SharedArrayBuffers have addresses", () => {
  const views = Views.allocate(4096);
  expect(addressOf(views)).toBe(addressOf(views.buffer));
  const shared = new SharedArrayBuffer(4096);
  new Int32Array(shared)[3] = -9;
  expect(new Int32Array(viewAt(addressOf(shared), 4096))[3]).toBe(-9);
});

test("memory that can move or is not there is refused", () => {
  expect(() => addressOf(new Uint8Array(16) as never)).toThrow("a typed array can move");
  expect(() => addressOf(new DataView(new ArrayBuffer(16)) as never)).toThrow("a typed array can move");
  expect(() => addressOf(new ArrayBuffer(0))).toThrow("empty");
  expect(() => viewAt(0, 8)).toThrow("not an address");
  expect(() => viewAt(-1, 8)).toThrow("not an address");
  expect(() => viewAt(4096, 2 ** 32 + 8)).toThrow("bytes");
  expect(() => reserve(0)).toThrow("not a size");
  expect(() => mapFileAt(4097, 0, 0, 4096, false)).toThrow("not the address of a page");
});

test("memory whose address was asked for is not collected while only the number is left", async () => {
  const forgotten: WeakRef<ArrayBufferLike>[] = [];
  const addresses: number[] = [];
  for (let i = 0; i < 20; i++) {
    const views = Views.allocate(8192);
    views.bytes.fill(i + 1);
    addresses.push(addressOf(views));
    forgotten.push(new WeakRef(views.buffer));
  }
  for (let i = 0; i < 5; i++) {
    await nextTurn();
    Bun.gc(true);
    for (let other = 0; other < 100; other++) new Uint8Array(new ArrayBuffer(8192)).fill(0xee);
  }
  expect(forgotten.filter((memory) => memory.deref() === undefined).length).toBe(0);
  expect(addresses.map((address) => new Uint8Array(viewAt(address, 8192))[8191])).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});

test("where the memory lies whose address was given away", () => {
  const count = addressedCount();
  const [one, other] = [Views.allocate(8192), Views.allocate(65_536)];
  const addresses = [addressOf(one), addressOf(other)];
  expect(addressedRanges(count)).toEqual([
    { address: addresses[0]!, bytes: 8192 },
    { address: addresses[1]!, bytes: 65_536 },
  ]);
  expect(addressedRanges().length).toBe(count + 2);
});

test("copying and filling", () => {
  const views = Views.allocate(4096);
  const at = addressOf(views);
  for (let i = 0; i < 100; i++) views.bytes[i] = i;
  copyMemory(at + 1000, at + 10, 50);
  expect([...views.bytes.subarray(999, 1051)]).toEqual([0, ...Array.from({ length: 50 }, (_, i) => i + 10), 0]);
  fillMemory(at + 1000, 0xff, 2);
  expect([...views.bytes.subarray(999, 1003)]).toEqual([0, 255, 255, 12]);
});

test("a mapping that cannot be is an error, not an address", () => {
  expect(() => reserve(2 ** 52)).toThrow(SystemError);
  expect(() => reserve(2 ** 52)).toThrow("ENOMEM");
});

test("files come and go in a reserved range, and one view sees them all", () => {
  const first = openFile(join(directory, "first"), O_RDWR | O_CREAT);
  const second = openFile(join(directory, "second"), O_RDWR | O_CREAT);
  expect(allocateFile(first, 2 * KIB_64)).toBe(0);
  expect(allocateFile(second, 2 * KIB_64)).toBe(0);
  const address = reserve(2 * KIB_64);
  const bytes = new Uint8Array(viewAt(address, 2 * KIB_64));
  mapFileAt(address, first, 0, KIB_64, true);
  mapFileAt(address + KIB_64, second, KIB_64, KIB_64, true);
  bytes[3] = 33;
  bytes[KIB_64 + 3] = 44;
  unmapToReserve(address, KIB_64);
  mapFileAt(address, second, KIB_64, KIB_64, false);
  expect(bytes[3]).toBe(44);
  expect(readFileSync(join(directory, "first"))[3]).toBe(33);
  expect(readFileSync(join(directory, "second"))[KIB_64 + 3]).toBe(44);
  expect(() => mapFileAt(address, 9999, 0, 4096, false)).toThrow("EBADF");
  unmap(address, 2 * KIB_64);
  closeFd(first);
  closeFd(second);
});

test("populating brings pages in, dontNeed gives them back, and the file keeps its bytes", () => {
  const fd = openFile(join(directory, "populated"), O_RDWR | O_CREAT);
  expect(allocateFile(fd, KIB_64)).toBe(0);
  const address = reserve(KIB_64);
  mapFileAt(address, fd, 0, KIB_64, true);
  expect(resident(address)).toBe(0);
  expect(populateWrite(address, KIB_64)).toBe(0);
  expect(resident(address)).toBe(KIB_64);
  const bytes = new Uint8Array(viewAt(address, KIB_64));
  bytes[100] = 9;
  expect(dontNeed(address, KIB_64)).toBe(0);
  expect(resident(address)).toBe(0);
  expect(bytes[100]).toBe(9);
  unmap(address, KIB_64);
  closeFd(fd);
});

test("touching pages brings them in as well, and changes nothing", () => {
  const address = mapAnonymous(KIB_64);
  const bytes = new Uint8Array(viewAt(address, KIB_64));
  bytes[4095] = 7;
  expect(touchPages(address, KIB_64)).toBe(0);
  expect(resident(address)).toBe(KIB_64);
  expect(bytes[4095]).toBe(7);
  expect(bytes.reduce((sum, byte) => sum + byte, 0)).toBe(7);
  unmap(address, KIB_64);
});

test("populating what may not be written or is not there is an errno, not the end", () => {
  const fd = openFile("/proc/self/exe", O_RDONLY);
  const address = reserve(KIB_64);
  expect(populateWrite(address, 4096)).toBe(-EINVAL);
  mapFileAt(address, fd, 0, KIB_64, false);
  expect(populateWrite(address, 4096)).toBe(-EINVAL);
  unmap(address, KIB_64);
  closeFd(fd);
});

test("advice about huge pages and dumps is taken or refused by number", () => {
  const address = mapAnonymous(KIB_64);
  expect(dontDump(address, KIB_64)).toBe(0);
  expect([0, -EINVAL]).toContain(hugePages(address, KIB_64));
  expect(dontDump(address + 1, 4096)).toBe(-EINVAL);
  unmap(address, KIB_64);
});

test("memory is bound to a node that exists; elsewhere an errno says so", () => {
  const address = mapAnonymous(KIB_64);
  const bound = bindToNode(address, KIB_64, 0);
  expect([0, -ENOSYS, -EPERM]).toContain(bound);
  if (bound === 0) {
    expect(nodeOf(address)).toBe(0);
    expect(bindToNode(address, KIB_64, 0, true)).toBe(0);
    expect(policyOf(address)).toBe("prefer:0");
    expect(bindToNode(address, KIB_64, 0)).toBe(0);
    expect(policyOf(address)).toBe("bind:0");
    expect(bindToNode(address + 8, KIB_64 - 8, 0)).toBe(-EINVAL);
    expect(preferNode(0)).toBe(0);
    expect(bindToNode(address, KIB_64, 999)).toBe(-EINVAL);
  }
  expect(bindToNode(address, KIB_64, 5000)).toBe(-EINVAL);
  expect(bindToNode(address, KIB_64, 0.5)).toBe(-EINVAL);
  expect([0, -ENOSYS, -EPERM]).toContain(bindToNode(address, KIB_64, -1));
  expect([0, -ENOSYS, -EPERM]).toContain(preferNode(-1));
  unmap(address, KIB_64);
});

test("texts end with a zero, two at a time, and are never cut", () => {
  const long = cString("a longer text", 0);
  const other = cString("é", 1);
  expect([...new Uint8Array(viewAt(other, 3))]).toEqual([0xc3, 0xa9, 0]);
  expect(Buffer.from(viewAt(long, 14)).toString()).toBe("a longer text\0");
  cString("b", 0);
  expect(Buffer.from(viewAt(long, 2)).toString()).toBe("b\0");
  expect(() => cString("a\0b")).toThrow("zero byte");
  expect(() => cString("x".repeat(4096))).toThrow("ENAMETOOLONG");
});
