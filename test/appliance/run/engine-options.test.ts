import { expect, test } from "bun:test";
import { join } from "node:path";
import { engineEnvironment } from "../../../appliance/run/engine-options.ts";
import { ROOT } from "../sallyport.ts";

test("as the engine sees fit, but not by the clock", () => {
  expect(engineEnvironment({ limitMiB: 100 })).toEqual({ BUN_GC_TIMER_DISABLE: "1" });
});

test("growth is the engine's factor, for heaps of all sizes", () => {
  const { BUN_GC_TIMER_DISABLE, ...factors } = engineEnvironment({ limitMiB: 0, growthPercent: 150 });
  expect(new Set(Object.values(factors))).toEqual(new Set(["2.5"]));
});

test("off goes no further than the limit", () => {
  expect(engineEnvironment({ limitMiB: 2, growthPercent: "off" }).BUN_JSC_largeHeapSize).toBe("2097152");
});

test.each([{}, { growthPercent: 50 }, { growthPercent: "off" as const }])(
  "a process that begins anew with what %p asks for keeps its number and its words, and the engine knows the options",
  async (memory) => {
    const wanted = JSON.stringify(engineEnvironment({ limitMiB: 64, ...memory }));
    const script = `
      const { restartWith } = await import(${JSON.stringify(join(ROOT, "appliance/run/engine-options.ts"))});
      console.log(process.pid, process.argv.at(-1));
      await restartWith(${wanted});
      console.log("through", JSON.stringify(Object.fromEntries(Object.keys(${wanted}).map((name) => [name, process.env[name]]))));`;
    const child = Bun.spawn([process.execPath, "-e", script, "a word"], { stdout: "pipe", stderr: "pipe" });
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const said = `${child.pid} a word\n`;
    expect(err).toBe("");
    expect(out).toBe(`${said}${said}through ${wanted}\n`);
    expect(await child.exited).toBe(0);
  },
);
