import { expect, test } from "bun:test";
import {
  checked,
  EACCES,
  EADDRINUSE,
  EBADF,
  ECONNREFUSED,
  EINVAL,
  ENOENT,
  ENOSPC,
  errno,
  errnoName,
  remedyFor,
  result,
  SystemError,
} from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import { cString } from "../../ffi/memory.ts";

test("errno is what the last failed call left", () => {
  expect(libc.close(-1)).toBe(-1);
  expect(errno()).toBe(EBADF);
  expect(libc.open(cString("/nowhere/at/all"), 0, 0)).toBe(-1);
  expect(errno()).toBe(ENOENT);
});

test("errno keeps up with a hot loop of calls that fail in different ways", () => {
  const path = cString("/nowhere/at/all");
  let wrong = 0;
  for (let i = 0; i < 50_000; i++) {
    libc.close(-1);
    if (errno() !== EBADF) wrong++;
    if (result(libc.open(path, 0, 0)) !== -ENOENT) wrong++;
  }
  expect(wrong).toBe(0);
});

test("results pass, failures become -errno", () => {
  expect(result(0)).toBe(0);
  expect(result(17)).toBe(17);
  expect(result(libc.close(-1))).toBe(-EBADF);
});

test("numbers have names, in either sign", () => {
  expect(errnoName(ECONNREFUSED)).toBe("ECONNREFUSED");
  expect(errnoName(-ENOSPC)).toBe("ENOSPC");
  expect(errnoName(4095)).toBe("errno 4095");
});

test("a SystemError says which call, on what, why, and what to do", () => {
  const error = new SystemError("connect 127.0.0.1:9001", -ECONNREFUSED);
  expect(error.message).toBe(
    "connect 127.0.0.1:9001: ECONNREFUSED (no program listens there: start it, or correct the address)",
  );
  expect(error).toMatchObject({ call: "connect", errno: ECONNREFUSED, code: "ECONNREFUSED", name: "SystemError" });
  expect(error).toBeInstanceOf(Error);
});

test("remedies know the call, and fall back to the errno, and to nothing", () => {
  expect(remedyFor("bind", EACCES)).toContain("1024");
  expect(remedyFor("open", EACCES)).toContain("owner and mode");
  expect(remedyFor("bind", EADDRINUSE)).toContain("another program holds that port");
  expect(new SystemError("madvise", EINVAL).message).toBe("madvise: EINVAL");
});

test("checked throws the errno just left", () => {
  expect(checked("close", 3)).toBe(3);
  expect(() => checked("close 77", libc.close(-1))).toThrow(new SystemError("close 77", EBADF));
});
