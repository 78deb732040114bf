import { expect, test } from "bun:test";
import { MADV_DONTDUMP } from "../../../ffi/abi.ts";
import { dontDump, mapAnonymous, nodeOf, populateWrite, unmap } from "../../../ffi/memory.ts";
import {
  flaggedBytes,
  mappingsOf,
  parseNumaMaps,
  parseSmaps,
  readMappings,
  readPlacements,
} from "../../../src/host/memory/smaps.ts";

const SMAPS = `7f0000000000-7f0000200000 rw-p 00000000 00:00 0 
Size:               2048 kB
Rss:                2048 kB
AnonHugePages:      2048 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:         0 kB
Locked:             2048 kB
VmFlags: rd wr mr mw me lo ac dd hg 
7f0000200000-7f0000201000 r-xp 00001000 fe:00 5309053                    /usr/lib/lib c.so
Size:                  4 kB
Rss:                   0 kB
AnonHugePages:         0 kB
Locked:                0 kB
VmFlags: rd ex mr mw me 
`;

test("the kernel's books of mappings", () => {
  const [first, second] = parseSmaps(SMAPS);
  expect(first).toEqual({
    from: 0x7f0000000000,
    to: 0x7f0000200000,
    protection: "rw-p",
    isAnonymous: true,
    residentBytes: 2 << 20,
    lockedBytes: 2 << 20,
    hugeBytes: 2 << 20,
    flags: new Set(["rd", "wr", "mr", "mw", "me", "lo", "ac", "dd", "hg"]),
  });
  expect(second).toMatchObject({ protection: "r-xp", isAnonymous: false, residentBytes: 0, lockedBytes: 0 });
  expect(parseSmaps("")).toEqual([]);
});

test("how much of some ranges has a flag, and which mappings they lie in", () => {
  const mappings = parseSmaps(SMAPS);
  const across = { address: 0x7f00001ff000, bytes: 8192 };
  expect(flaggedBytes([across, { address: 0x7f0000000000, bytes: 100 }], mappings, "dd")).toBe(4096 + 100);
  expect(flaggedBytes([across], mappings, "zz")).toBe(0);
  expect(mappingsOf([across], mappings).length).toBe(2);
  expect(mappingsOf([{ address: 0x7f0000201000, bytes: 1 }], mappings)).toEqual([]);
});

test("the kernel's books of nodes", () => {
  const text = `7f0000000000 bind:0 anon=3 dirty=3 active=0 N0=2 N1=1 kernelpagesize_kB=4
7f0000200000 default file=/usr/lib/libc.so mapped=1 N1=1 kernelpagesize_kB=4
7f0000300000 prefer:1 anon=1 N1=1 kernelpagesize_kB=2048
`;
  expect(parseNumaMaps(text)).toEqual([
    { from: 0x7f0000000000, policy: "bind:0", bytes: { 0: 8192, 1: 4096 } },
    { from: 0x7f0000200000, policy: "default", bytes: { 1: 4096 } },
    { from: 0x7f0000300000, policy: "prefer:1", bytes: { 1: 2 << 20 } },
  ]);
});

test("this process's own books", () => {
  expect(MADV_DONTDUMP).toBe(16);
  const address = mapAnonymous(1 << 20);
  const range = { address, bytes: 1 << 20 };
  populateWrite(address, 65_536);
  expect(mappingsOf([range], readMappings())).toMatchObject([{ residentBytes: 65_536 }]);
  expect(flaggedBytes([range], readMappings(), "dd")).toBe(0);
  expect(dontDump(address, 65_536)).toBe(0);
  expect(flaggedBytes([range], readMappings(), "dd")).toBe(65_536);
  const placements = readPlacements();
  if (placements.length > 0)
    expect(placements.find(({ from }) => from === address)?.bytes[nodeOf(address)]).toBe(65_536);
  unmap(address, 1 << 20);
});
