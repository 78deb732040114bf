import { heapStats } from "bun:jsc";
import { parseArgs } from "node:util";
import { deadline } from "../eventually.ts";
import { fuzzFraming } from "./framing.ts";
import { BATCH, fuzzBatch } from "./run.ts";

// npm run test:fuzz -- [--inputs N] [--seed N]
// Three quarters of the inputs go through the whole link, the rest through the scanner alone. Exit code 1 with the seed of
// the batch when something was wrong, or when a batch does not end.

const SILENT_MS = 60_000;
const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    child: { type: "boolean", default: false },
  },
});
const inputs = Number(values.inputs);
const firstSeed = Number(values.seed);

if (values.child) fuzz();
else process.exit(await watch());

/** Runs itself as a child, which can be ended from outside when it hangs. */
async function watch(): Promise<number> {
  const command = [process.execPath, import.meta.path, "--child", "--inputs", values.inputs, "--seed", values.seed];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  let last = "";
  const silence = () =>
    deadline(SILENT_MS, () => {
      console.error(`it hangs in the batch after: ${last}`);
      child.kill("SIGKILL");
    });
  let bound = silence();
  for await (const bytes of child.stdout) {
    last = new TextDecoder().decode(bytes).trimEnd();
    console.log(last);
    bound[Symbol.dispose]();
    bound = silence();
  }
  bound[Symbol.dispose]();
  const code = await child.exited;
  return code === 0 ? 0 : 1;
}

function fuzz(): void {
  const began = performance.now();
  const sum = { inputs: 0, "of them to the scanner alone": 0, connections: 0, "messages out": 0, applications: 0 };
  let warmObjects = 0;
  let warmRss = 0;
  for (let batch = 0; sum.inputs < inputs; batch++) {
    const seed = firstSeed + batch;
    try {
      if (batch % 4 === 3) {
        const count = fuzzFraming(seed, BATCH);
        sum.inputs += count;
        sum["of them to the scanner alone"] += count;
      } else {
        const result = fuzzBatch(seed);
        sum.inputs += result.inputs;
        sum.connections += result.connections;
        sum["messages out"] += result.messagesOut;
        sum.applications += result.applications;
      }
    } catch (error) {
      console.error((error as Error).message);
      process.exit(1);
    }
    if (batch === 4) [warmObjects, warmRss] = size();
    if (batch % 5 === 4) console.log(`${sum.inputs} inputs, up to seed ${seed}`);
  }
  const [objects, rss] = size();
  console.log(JSON.stringify(sum));
  console.log(
    `${Math.round((performance.now() - began) / 1000)} s; objects ${warmObjects} after 5 batches, ${objects} at the end; ` +
      `resident ${Math.round(warmRss / 1e6)} and ${Math.round(rss / 1e6)} MB`,
  );
  if (warmObjects > 0 && objects > warmObjects + 5_000) {
    console.error("it grows");
    process.exit(1);
  }
}

/** Live objects and resident bytes. */
function size(): [number, number] {
  Bun.gc(true);
  return [heapStats().objectCount, process.memoryUsage.rss()];
}
