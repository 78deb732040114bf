import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MachineWriter, meaning } from "../../../appliance/tune/writer.ts";

const ROOT = mkdtempSync(join(tmpdir(), "sallyport-writer-"));
afterAll(() => rmSync(ROOT, { recursive: true }));

test("a file is replaced whole; one that is not there is not made", () => {
  mkdirSync(join(ROOT, "proc"));
  writeFileSync(join(ROOT, "proc/one"), "a longer value\n");
  const writer = new MachineWriter(ROOT);
  expect(writer.write("/proc/one", "1")).toBeNull();
  expect(readFileSync(join(ROOT, "proc/one"), "utf8")).toBe("1\n");
  expect(writer.write("/proc/absent", "1")).toBe("ENOENT");
  expect(existsSync(join(ROOT, "proc/absent"))).toBe(false);
  expect(writer.write("/proc", "1")).toBe("EISDIR");
});

test("each refusal that the kernel is known for has a meaning of its own", () => {
  const codes = ["EPERM", "EROFS", "ENOENT", "EINVAL", "EBUSY", "EIO", "ENOSPC"];
  expect(new Set(codes.map(meaning)).size).toBe(codes.length);
  expect(meaning("ESTRANGE")).toBe("the kernel refuses");
});
