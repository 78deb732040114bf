import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectoryLock } from "../../../src/journal/store/lock.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sallyport-lock-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

test("who only looks at a directory leaves no trace of how the run before ended", () => {
  // As after a kill: the file keeps the pid.
  new DirectoryLock(dir).close();
  const looks = new DirectoryLock(dir);
  expect(looks.before).toBe(String(process.pid));
  looks.leave();
  const runs = new DirectoryLock(dir);
  expect(runs.before).toBe(String(process.pid));
  runs.giveBack();
  new DirectoryLock(dir).leave();
  const next = new DirectoryLock(dir);
  expect(next.before).toBe("");
  next.giveBack();
});
