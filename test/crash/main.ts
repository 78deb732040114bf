import { parseArgs } from "node:util";
import { CrashRun, type Durability, durabilities, type Preset } from "./run.ts";

// npm run test:crash -- [--kills N] [--seed N] [--preset one|two|wide] [--durability process|disk] [--audit-every N]
//   [--keep DIR]: what explains a failure is left there.
// Without a preset or a durability it takes them in turn. Exit code 1 when something was lost or doubled.

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    preset: { type: "string" },
    durability: { type: "string" },
    "audit-every": { type: "string", default: "25" },
    keep: { type: "string" },
  },
});

const presets = (values.preset === undefined ? ["one", "wide"] : [values.preset]) as Preset[];
const kinds = values.durability === undefined ? durabilities() : [values.durability as Durability];
const ways = kinds.flatMap((durability) => presets.map((preset) => ({ preset, durability })));
const RUN_KILLS = 50;
let left = Number(values.kills);
let seed = Number(values.seed);
const total: Record<string, number> = {};

for (let turn = 0; left > 0; turn++, seed++) {
  const way = ways[turn % ways.length]!;
  const kills = Math.min(left, RUN_KILLS);
  const { wrong, figures } = await new CrashRun({
    ...way,
    kills,
    seed,
    auditEvery: Number(values["audit-every"]),
    keep: values.keep,
  }).run();
  left -= kills;
  for (const [name, value] of Object.entries(figures)) total[name] = (total[name] ?? 0) + value;
  console.log(`preset ${way.preset}, durability ${way.durability}, seed ${seed}: ${JSON.stringify(figures)}`);
  if (wrong.length > 0) {
    console.error(wrong.join("\n"));
    process.exit(1);
  }
}
console.log(`all: ${JSON.stringify(total)}; nothing lost, nothing doubled`);
