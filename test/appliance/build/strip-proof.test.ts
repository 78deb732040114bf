import { afterAll, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeStripProof } from "../../../appliance/build/strip-proof.ts";
import { executable } from "../../e2e/gateway.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-strip-"));
afterAll(() => rmSync(DIR, { recursive: true }));
const said = (...words: string[]) => Bun.spawnSync(words, { cwd: DIR, timeout: 50_000 }).stdout.toString();

for (const words of [
  ["strip"],
  ["strip", "--strip-debug"],
  ["strip", "--strip-unneeded"],
  ["objcopy", "--strip-all"],
]) {
  test.skipIf(Bun.which(words[0]!) === null)(`after ${words.join(" ")} the executable is still the product`, () => {
    const file = join(DIR, "sallyport");
    copyFileSync(executable(), file);
    expect(Bun.spawnSync([...words, file]).exitCode).toBe(0);
    expect(statSync(file).size).toBeLessThan(statSync(executable()).size);
    expect(said(file, "version")).toBe(said(executable(), "version"));
    expect(said(file, "example")).toBe(said(executable(), "example"));
  });
}

test("an executable that is laid out otherwise is refused, as what is known of it does not hold", () => {
  // Done already: the pointer is behind no section any more.
  expect(() => makeStripProof(readFileSync(executable()))).toThrow("right behind a section");
});
