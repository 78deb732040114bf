import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuProfile } from "../../src/profiles/cpu-profile.ts";
import { flamePage } from "../../src/profiles/flame-page.ts";
import { callTree, type Frame, functionShares, type Sample } from "../../src/profiles/samples.ts";
import { CaptureStore, PROFILES } from "../../src/profiles/store.ts";
import { TraceReader } from "../../src/profiles/trace-reader.ts";

const frame = (name: string, line = 1): Frame => ({ name, url: "src/a.ts", line, column: 3 });
/** Stacks are written from the outermost. */
const sample = (atUs: number, ...names: string[]): Sample => ({
  atUs,
  frames: names.toReversed().map((name) => frame(name)),
});
const SAMPLES = [
  sample(1_000, "turn", "poll", "decide"),
  sample(2_000, "turn", "poll", "decide"),
  sample(3_500, "turn", "park"),
  sample(4_000, "turn", "poll"),
];

test("samples add up to a tree of calls", () => {
  const { root } = callTree(SAMPLES);
  expect(root).toMatchObject({ total: 4, own: 0 });
  const [turn] = root.callees;
  expect(turn).toMatchObject({ frame: { name: "turn" }, total: 4, own: 0 });
  expect(turn!.callees.map(({ frame: { name }, total, own }) => [name, total, own])).toEqual([
    ["poll", 3, 1],
    ["park", 1, 1],
  ]);
});

test("lines of one function are one node", () => {
  const { root } = callTree([
    { atUs: 0, frames: [frame("turn", 3)] },
    { atUs: 1, frames: [frame("turn", 9)] },
  ]);
  expect(root.callees).toHaveLength(1);
  expect(root.callees[0]!.own).toBe(2);
});

test("a profile has the form of .cpuprofile: its samples name nodes, its times add up", () => {
  const profile = cpuProfile(SAMPLES);
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  expect(profile.samples.map((id) => names.get(id))).toEqual(["decide", "decide", "park", "poll"]);
  expect(profile.timeDeltas).toEqual([0, 1_000, 1_500, 500]);
  expect(profile.endTime - profile.startTime).toBe(profile.timeDeltas.reduce((sum, delta) => sum + delta, 0));
  expect(profile.nodes.reduce((sum, { hitCount }) => sum + hitCount, 0)).toBe(4);
  const children = profile.nodes.flatMap((node) => node.children);
  expect(children.toSorted((a, b) => a - b)).toEqual(profile.nodes.slice(1).map(({ id }) => id));
  expect(profile.nodes[1]!.callFrame).toEqual({
    functionName: "turn",
    scriptId: "0",
    url: "src/a.ts",
    lineNumber: 0,
    columnNumber: 2,
  });
});

test("no samples are a profile and a page without bars", () => {
  expect(cpuProfile([])).toMatchObject({ samples: [], timeDeltas: [], startTime: 0, endTime: 0 });
  expect(flamePage("t", "a", [{ thread: "main", samples: [] }])).toContain("0 samples");
});

test("functions are listed by their own time; one that calls itself counts once a sample", () => {
  const shares = functionShares([...SAMPLES, sample(5_000, "turn", "turn", "turn")]);
  expect(shares.map(({ frame: { name }, own, total }) => [name, own, total])).toEqual([
    ["decide", 2, 2],
    ["turn", 1, 5],
    ["poll", 1, 3],
    ["park", 1, 1],
  ]);
});

test("the page stands alone and takes names as text", () => {
  const page = flamePage("Sallyport profile", "why <b>", [
    { thread: "lane 0", samples: [sample(0, "turn", '<img src="x">')] },
  ]);
  expect(page).toContain("turn");
  expect(page).not.toContain("<img");
  expect(page).not.toContain("<b>");
  expect(page).not.toMatch(/ (?:src|href)="|https?:|@import|url\(/);
  expect(page).toMatch(/default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-/);
});

test("the engine's traces become samples; unknown places are 0", () => {
  const reader = new TraceReader();
  reader.add({
    traces: [
      {
        timestamp: 1.5,
        frames: [
          { name: "", line: 4294967295, column: 4294967295 },
          { name: "poll", sourceURL: "a.ts", line: 7, column: 2 },
        ],
      },
      { timestamp: 2, frames: [] },
    ],
  });
  expect(reader.samples).toEqual([
    {
      atUs: 1.5e6,
      frames: [
        { name: "(anonymous)", url: "", line: 0, column: 0 },
        { name: "poll", url: "a.ts", line: 7, column: 2 },
      ],
    },
  ]);
});

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
  folders = [];
});

function store(captures: number, bytes: number) {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-captures-"));
  folders.push(folder);
  return { folder: join(folder, PROFILES), store: new CaptureStore(folder, { captures, bytes }) };
}

const about = (second: number) => ({
  beganAt: `2026-12-01T10:00:0${second}.000Z`,
  seconds: 1,
  why: "a test",
  missing: [],
});

test("a capture is a folder that only its user reads; it is listed and read by name", () => {
  const { folder, store: captures } = store(5, 1e6);
  const capture = captures.write(about(1), { "main.cpuprofile": "{}", "stalls.json": "[]" });
  expect(capture).toMatchObject({ name: "20261201T100001Z", bytes: 4, why: "a test" });
  expect(capture.files).toEqual([
    { name: "main.cpuprofile", bytes: 2 },
    { name: "stalls.json", bytes: 2 },
  ]);
  expect(statSync(join(folder, capture.name)).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, capture.name, "main.cpuprofile")).mode & 0o777).toBe(0o600);
  expect(new TextDecoder().decode(captures.read(capture.name, "main.cpuprofile")!)).toBe("{}");
});

test.each([
  ["20261201T100001Z", "../../secret"],
  ["20261201T100001Z", "capture.json"],
  ["../profiles/20261201T100001Z", "main.cpuprofile"],
  ["20261201T100001Z", "none"],
  ["20270101T000000Z", "main.cpuprofile"],
])("nothing else is read: %s %s", (capture, file) => {
  const { store: captures } = store(5, 1e6);
  captures.write(about(1), { "main.cpuprofile": "{}" });
  expect(captures.read(capture, file)).toBeNull();
});

test("the oldest captures are deleted, by number and by bytes, never the newest", () => {
  const { folder, store: captures } = store(3, 1_000);
  for (let i = 0; i < 5; i++) captures.write(about(i), { a: "x".repeat(100) });
  expect(captures.list().map(({ name }) => name)).toEqual([4, 3, 2].map((second) => `20261201T10000${second}Z`));
  captures.write(about(5), { a: "x".repeat(850) });
  expect(captures.list().map(({ name }) => name)).toEqual(["20261201T100005Z", "20261201T100004Z"]);
  captures.write(about(6), { a: "x".repeat(5_000) });
  expect(captures.list().map(({ name }) => name)).toEqual(["20261201T100006Z"]);
  expect(readdirSync(folder)).toEqual(["20261201T100006Z"]);
});

test("two captures of one second have different names, in their order", () => {
  const { store: captures } = store(20, 1e6);
  for (let i = 0; i < 12; i++) captures.write(about(1), { a: String(i) });
  const names = captures.list().map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(["20261201T100001Z-12", "20261201T100001Z-11"]);
  expect(names.at(-1)).toBe("20261201T100001Z");
});

test("a capture that cannot be written leaves nothing", () => {
  const { folder, store: captures } = store(5, 1e6);
  expect(() => captures.write(about(1), { "no/such/folder": "x" })).toThrow("ENOENT");
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});
