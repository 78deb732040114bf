import { describe, expect, test } from "bun:test";
import { circles, unusedExports } from "./graph.ts";
import { determinismOffences, hotOffences, isHot } from "./hot.ts";
import { importOffences, pointerOffences, specifiers } from "./imports.ts";
import { lengthOffences, textOffences } from "./shape.ts";

// The rules themselves: each must refuse what it is there for, and leave alone what only looks like it.

describe("hot functions", () => {
  test.each([
    ["async poll(): Promise<void> { await this.x; }", "async"],
    ["poll() { return () => 1; }", "closure"],
    ["poll() { return function () {}; }", "closure"],
    ["*poll() { yield 1; }", "async"],
    ["poll(...all: number[]) {}", "spread"],
    ["poll() { f(...this.all); }", "spread"],
    ["poll() { const { a } = this; }", "destructuring"],
    ["poll() { let [a] = this.pair; }", "destructuring"],
    ["poll({ a }: { a: number }) {}", "destructuring"],
    ["poll() { return `${this.a}`; }", "template string"],
    ["poll() { return `${`${this.a}` + `}`}`; }", "template string"],
    ["poll() { this.text = 'a' + this.b; }", "string building"],
    ["poll() { JSON.parse(this.text); }", "JSON"],
    ["poll() { if (this.slow) console.log(1); }", "console"],
    ["poll() { return /a[/]b/.test(this.text); }", "regular expression"],
    ["poll() { for (const x of this.all) x.poll(); }", "for … of"],
    ["poll() { for (const x in this.all) this.n++; }", "for … in"],
    ["poll() { return new Map(); }", "new Map"],
    ["poll() { this.view = new Uint8Array(8); }", "new Uint8Array"],
    ["poll() { return this.bytes.subarray(1); }", ".subarray("],
    ["poll() { return this.bytes.slice(1); }", ".slice("],
    ["poll() { this.all.forEach(send); }", ".forEach("],
    ["poll() { return [1]; }", "array literal"],
    ["poll() { f([1]); }", "array literal"],
    ["poll() { return { a: 1 }; }", "object literal"],
    ["poll() { f(1, { a: 1 }); }", "object literal"],
    ["poll() { return 1n; }", "BigInt"],
    ["poll() { return BigInt(this.a); }", "BigInt"],
    ["poll() { return Date.now(); }", "Date: time is an argument"],
    ["get size() { return Object.keys(this).length; }", "Object.…"],
    ["#poll() { return String(1); }", "String"],
  ])("refuse %s", (method, offence) => {
    const found = hotOffences(`export class Ring {\n  ${method}\n}\n`);
    expect(found.some((line) => line.endsWith(`: ${offence}`))).toBe(true);
    expect(found[0]).toMatch(/^Ring\.#?(poll|size): /);
  });

  test.each([
    ["a field's type", "class A { f: (n: number) => void = g; poll(cb: (n: number) => void) { cb(this.f.length); } }"],
    ["a comment", "class A { poll() { /* [1] `x` */ return 1; // () => {}\n } }"],
    ["a string", 'class A { poll() { return "() => `x` /a/ JSON"; } }'],
    ["a division", "class A { poll() { return this.a / 2 / this.b[0]! / (1 + 2) / 3; } }"],
    ["a block in a case", "class A { poll() { switch (this.a) { case 1: { this.b = 2; break; } default: { } } } }"],
    ["a property of that name", "class A { poll() { return this.table.new.async + this.Date; } }"],
    ["a method of its own of that name", "class A { poll() { return this.replace(1); } }"],
    ["reading an element", "class A { poll() { return this.a![0]! + f(1)[2] + this.b?.[3]; } }"],
    ["what is thrown", "class A { poll() { throw new Error(`lane ${this.a}`); } }"],
    ["a constructor", "class A { constructor() { this.all = [new Map(), () => 1, `x`]; } }"],
    ["a field", "class A { all = new Map(); static none = [1]; }"],
    ["open", "class A { open() { for (const x of this.all) x.open(); } }"],
    ["a static", "class A { static make() { return new A(); } }"],
    ["a table", "export const TABLE = [1, 2].map((n) => ({ n }));"],
  ])("leave alone %s", (_, source) => {
    expect(hotOffences(source)).toEqual([]);
  });

  test("are seen outside classes, but for functions that are listed as cold", () => {
    const source =
      "function a() { return [1]; }\nexport function b() { return [1]; }\nclass C { d() { return [1]; } }\n";
    expect(hotOffences(source)).toEqual(["a: array literal", "b: array literal", "C.d: array literal"]);
    expect(hotOffences(source, ["a", "C.d"])).toEqual(["b: array literal"]);
    expect(hotOffences(source, ["*"])).toEqual([]);
  });

  test("live in the hot folders and files", () => {
    const paths = [
      "src/ring/a.ts",
      "src/journal/writer.ts",
      "src/journal/store/open.ts",
      "src/config/load.ts",
      "src/plan/plan.ts",
      "src/fix/wire/codec/scan.ts",
    ];
    expect(paths.filter(isHot)).toEqual(["src/ring/a.ts", "src/journal/writer.ts"]);
  });
});

test("core and protocols may not look at a clock, chance or the machine", () => {
  for (const word of ["Date.now()", "performance.now()", "Math.random()", "process.pid", "Bun.nanoseconds()"]) {
    expect(determinismOffences("src/core/core.ts", `export function f() { return ${word}; }`)).toHaveLength(1);
  }
  expect(determinismOffences("src/net/stream.ts", "export const now = Date.now();")).toEqual([]);
});

describe("imports", () => {
  test.each([
    ["src/base/id.ts", "../ring/layout.ts"],
    ["src/ring/layout.ts", "../record/codes.ts"],
    ["src/core/core.ts", "../fix/scan.ts"],
    ["src/core/core.ts", "../../ffi/clock.ts"],
    ["src/core/core.ts", "../journal/writer.ts"],
    ["src/fix/session/session.ts", "../../record/codes.ts"],
    ["src/fix/orders/request-in.ts", "../../net/stream.ts"],
    ["src/client/agent.ts", "../core/core.ts"],
    ["src/client/agent.ts", "../venue/agent.ts"],
    ["src/venue/agent.ts", "../client/agent.ts"],
    ["src/venue/agent.ts", "../../ffi/socket.ts"],
    ["src/exchange/book.ts", "../core/core.ts"],
    ["src/fix/wire/codec/scan.ts", "../tags.ts"],
    ["src/fix/wire/codec/report-in.ts", "../../../record/codes.ts"],
    ["src/fix/wire/codec/scan.ts", "../../../../ffi/memory.ts"],
    ["src/fix/wire/codec/scan.ts", "assemblyscript"],
    ["src/fix/session/session.ts", "../../../ffi/memory.ts"],
    ["src/net/stream.ts", "node:fs"],
    ["src/ring/layout.ts", "fast-check"],
    ["src/net/stream.ts", "bun:ffi"],
    ["appliance/main.ts", "bun:ffi"],
    ["src/gateway/gateway.ts", "../../appliance/main.ts"],
    ["src/unheard-of/a.ts", "../base/id.ts"],
    ["src/ring/a.ts", "./index.ts"],
    ["src/ring/a.ts", "./layout"],
  ])("%s may not import %s", (path, specifier) => {
    expect(importOffences(path, `import type { X } from "${specifier}";\n`)).not.toEqual([]);
    expect(importOffences(path, `// import "${specifier}"\nconst s = 'from "${specifier}"';\n`)).toEqual([]);
  });

  test.each([
    ["src/ring/layout.ts", "../base/id.ts"],
    ["src/fix/orders/request-in.ts", "../../record/codes.ts"],
    ["src/fix/wire/codec/scan.ts", "./layout.ts"],
    ["src/fix/wire/scan.ts", "./codec/layout.ts"],
    ["src/fix/wire/codec.ts", "../../../ffi/memory.ts"],
    ["src/core/core.ts", "../lane/agent.ts"],
    ["src/config/load.ts", "@sinclair/typebox/value"],
    ["src/telemetry/latency-report.ts", "hdr-histogram-js"],
    ["src/gateway/gateway.ts", "../venue/agent.ts"],
    ["ffi/libc.ts", "bun:ffi"],
    ["appliance/main.ts", "../src/gateway/gateway.ts"],
  ])("%s may import %s", (path, specifier) => {
    expect(importOffences(path, `import { X } from "${specifier}";\n`)).toEqual([]);
  });

  test("are found in all their forms", () => {
    const source = `import a, { type B } from "1"; import "2";\nexport * from "3";\nimport type {\n  C,\n} from "4"; import * as d from '5'; const e = await import("6");`;
    expect(specifiers(source)).toEqual(["1", "2", "3", "4", "5", "6"]);
  });
});

test("addresses are taken in one file", () => {
  expect(pointerOffences("ffi/socket.ts", 'import { dlopen, ptr } from "bun:ffi";')).not.toEqual([]);
  expect(pointerOffences("src/net/a.ts", "const at = ptr(view);")).not.toEqual([]);
  expect(pointerOffences("ffi/memory.ts", "const at = ptr(view);")).toEqual([]);
  expect(pointerOffences("ffi/libc.ts", 'const table = { args: ["ptr"] }; // ptr(x)')).toEqual([]);
});

describe("shape", () => {
  test.each([
    ["a long file", "a.ts", "x\n".repeat(451)],
    ["a default export", "a.ts", "export default 1;\n"],
    ["a barrel", "src/ring/index.ts", ""],
    ["unfinished work", "README.md", ["TO", "DO"].join("")],
    ["a path of a machine", "a.conf", `x = ${["", "root", "x"].join("/")}`],
    ["a path of a person", "a.ts", `const a = "${["", "home", "me", "x"].join("/")}";`],
    ["a banner", "a.ts", "// ------------ part two\n"],
  ])("refuses %s", (_, path, source) => {
    expect(textOffences(path, source)).toHaveLength(1);
  });

  test.each([
    ["a file of 450 lines", "a.ts", "x\n".repeat(450)],
    ["other paths", "a.ts", 'const a = "/$bunfs/root/sallyport"; const b = "/var/lib/sallyport"; // a — b'],
  ])("leaves alone %s", (_, path, source) => {
    expect(textOffences(path, source)).toEqual([]);
  });

  test.each([
    "function f(a: number): void {",
    "  poll(nowNs: number): number {",
    "const f = (): void => {",
    "  async #a() {",
  ])("sees how long %s is", (signature) => {
    const indent = /^\s*/.exec(signature)![0];
    const ofLines = (count: number): string => `${signature}\n${`${indent}  x();\n`.repeat(count - 2)}${indent}}\n`;
    expect(lengthOffences(ofLines(120))).toEqual([]);
    expect(lengthOffences(ofLines(121))).toHaveLength(1);
  });

  test("does not count a class or a loop as a function", () => {
    for (const head of ["export class A extends b(c) {", "while (f(a)) {", "} else if (f(a)) {"]) {
      expect(lengthOffences(`${head}\n${"  x();\n".repeat(200)}}\n`)).toEqual([]);
    }
  });
});

describe("the graph of imports", () => {
  const sources = (files: Record<string, string>) => new Map(Object.entries(files));

  test("circles are found, type imports included, and each once", () => {
    const found = circles(
      sources({
        "src/a/one.ts": 'import { two } from "../b/two.ts";',
        "src/b/two.ts": 'import type { Three } from "./three.ts";',
        "src/b/three.ts": 'export * from "../a/one.ts";',
        "src/b/four.ts": 'import { two } from "./two.ts"; const one = await import("../a/one.ts");',
      }),
    );
    expect(found).toEqual(["src/a/one.ts → src/b/two.ts → src/b/three.ts → src/a/one.ts"]);
  });

  test("exports that nobody names are found, in every form of import", () => {
    const files = sources({
      "src/a.ts": `export const USED = 1; export const UNUSED = 2; export function late() {} export class Kept {}
        export interface Told { x: Shape } export type Shape = string; export interface Lost {}`,
      "src/b.ts": 'import { USED as mine, type Told } from "./a.ts"; const { late } = await import("./a.ts");',
      "src/c.ts": 'import * as a from "./a.ts"; new a.Kept();',
    });
    expect(unusedExports(files, ["src/a.ts"])).toEqual(["src/a.ts: UNUSED", "src/a.ts: Lost"]);
    const all = sources({ ...Object.fromEntries(files), "src/d.ts": 'export * from "./a.ts";' });
    expect(unusedExports(all, ["src/a.ts"])).toEqual([]);
  });
});
