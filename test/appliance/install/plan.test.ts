import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile, replaceLink, sha256Of } from "../../../appliance/install/files.ts";
import { Manifest } from "../../../appliance/install/manifest.ts";
import { below, MANIFEST, VERSION_NAME, versionName } from "../../../appliance/install/places.ts";
import { planFile, planLink, stepLines } from "../../../appliance/install/plan.ts";
import { shippedFiles } from "../../../appliance/install/shipped.ts";

const ROOT = mkdtempSync(join(tmpdir(), "sallyport-plan-"));
afterAll(() => rmSync(ROOT, { recursive: true }));
const PLACE = "/etc/sallyport/gateway.toml";
const PATH = below(ROOT, PLACE);
const bytes = (text: string) => new TextEncoder().encode(text);
const sum = (text: string) => sha256Of(bytes(text));
const put = (text: string) => replaceFile(PATH, bytes(text), 0o644);
const shipped = (text: string) => ({ place: PLACE, bytes: bytes(text), mode: 0o640 });

function manifest(...wrote: string[]): Manifest {
  const made = Manifest.read(join(ROOT, "none"));
  for (const text of wrote) made.expect(PLACE, sum(text));
  return made;
}

test("a file is written where there is none, left where it is the same, replaced where it is what we wrote", () => {
  expect(planFile(ROOT, manifest(), shipped("new")).kind).toBe("new");
  put("new");
  expect(planFile(ROOT, manifest(), shipped("new")).kind).toBe("same");
  put("old");
  expect(planFile(ROOT, manifest("old"), shipped("new")).kind).toBe("change");
});

test("what was edited is never replaced; what we have goes beside it, once", () => {
  put("edited");
  for (const wrote of [[], ["old"]]) {
    expect(planFile(ROOT, manifest(...wrote), shipped("new")).kind).toBe("beside");
  }
  expect(planFile(ROOT, manifest("new"), shipped("new")).kind).toBe("keep");
});

test("the difference is a unified diff that names both files", () => {
  put("one\ntwo\nthree\n");
  const lines = stepLines(ROOT, planFile(ROOT, manifest(), shipped("one\n2\nthree\n")));
  expect(lines[0]).toBe(`keep    ${PATH}: edited; the file of this version goes to ${PATH}.new`);
  expect(lines.slice(1)).toEqual([`--- ${PATH}`, `+++ ${PATH}.new`, "@@ -1,3 +1,3 @@", " one", "-two", "+2", " three"]);
});

test("a link is shown with where it led before, and not where it leads there already", () => {
  const link = below(ROOT, "/opt/sallyport/current");
  expect(planLink(ROOT, "/opt/sallyport/current", "a")).toMatchObject({ before: null });
  replaceLink(link, "a");
  expect(planLink(ROOT, "/opt/sallyport/current", "a")).toBeNull();
  const step = planLink(ROOT, "/opt/sallyport/current", "b")!;
  expect(stepLines(ROOT, step)).toEqual([`link    ${link} -> b (was a)`]);
});

test("the manifest comes back as it was written; while files change both sums are ours", () => {
  const made = Manifest.read(ROOT);
  made.settle(PLACE, sum("old"));
  made.expect(PLACE, sum("new"));
  made.write();
  const read = Manifest.read(ROOT);
  expect([read.wrote(PLACE, sum("old")), read.wrote(PLACE, sum("new")), read.wrote(PLACE, sum("x"))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(read.places).toEqual([PLACE]);
});

test("a manifest that somebody else wrote, or that leads elsewhere, is refused by name", () => {
  const path = below(ROOT, MANIFEST);
  for (const text of ["{", '{"format":2,"files":{}}', `{"format":1,"files":{"/etc/../home":["${"0".repeat(64)}"]}}`]) {
    writeFileSync(path, text);
    expect(() => Manifest.read(ROOT)).toThrow(`${path}: expected what sallyport install has written`);
  }
  rmSync(path);
});

test("names of versions", () => {
  const name = versionName("0.1.0-rc.1", "0123456789abcdef");
  expect(name).toBe("0.1.0-rc.1-0123456789ab");
  expect(name).toMatch(VERSION_NAME);
  for (const other of ["current", "..", "0.1.0", "0.1.0-0123456789aB", "a/b-0123456789ab"]) {
    expect(other).not.toMatch(VERSION_NAME);
  }
});

test("the executable carries every file of systemd/ and the example as they are in the tree", () => {
  const tree = (path: string) => readFileSync(join(import.meta.dir, "../../..", path), "utf8");
  const texts = Object.fromEntries(shippedFiles().map(({ place, bytes: it }) => [place, new TextDecoder().decode(it)]));
  expect(texts).toEqual({
    "/etc/sysusers.d/sallyport.conf": tree("systemd/sallyport-sysusers.conf"),
    "/etc/tmpfiles.d/sallyport.conf": tree("systemd/sallyport-tmpfiles.conf"),
    "/etc/sallyport/gateway.toml": tree("appliance/gateway.toml"),
    "/etc/systemd/system/sallyport.service": tree("systemd/sallyport.service"),
    "/etc/systemd/system/sallyport-rescue.service": tree("systemd/sallyport-rescue.service"),
    "/etc/systemd/system/sallyport-tune.service": tree("systemd/sallyport-tune.service"),
    "/etc/systemd/system/sallyport.service.d/realtime.conf.example": tree("systemd/sallyport.service.d/realtime.conf"),
    "/etc/sysctl.d/60-sallyport.conf": tree("systemd/60-sallyport.conf"),
  });
});
