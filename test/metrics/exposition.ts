/** One metric of a Prometheus text. */
export interface Exposed {
  readonly type: string;
  readonly help: string;
  readonly samples: Map<string, number>;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^(${NAME})(\\{${LABEL}(?:,${LABEL})*\\})? (\\S+)$`);
const SUFFIX = /_(?:bucket|sum|count)$/;

/** Reads a Prometheus text strictly: throws at the first line that is not as the format wants it. */
export function readExposition(text: string): Map<string, Exposed> {
  const metrics = new Map<string, Exposed>();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  let help: { name: string; text: string } | null = null;
  let current = "";
  for (const [i, line] of text.slice(0, -1).split("\n").entries()) {
    const fail = (what: string): never => {
      throw new Error(`line ${i + 1}: ${what}: ${line}`);
    };
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") help = { name: name!, text: rest! };
    else if (kind === "TYPE") {
      if (help?.name !== name) fail("expected its HELP before");
      if (metrics.has(name!)) fail("expected each metric once");
      if (!/^(?:counter|gauge|histogram)$/.test(rest!)) fail("expected a type");
      current = name!;
      metrics.set(current, { type: rest!, help: help!.text, samples: new Map() });
    } else {
      const [, sample, labels = "", value] = SAMPLE.exec(line) ?? fail("expected a sample");
      const metric = metrics.get(current);
      const owner = metric?.type === "histogram" ? sample!.replace(SUFFIX, "") : sample;
      if (metric === undefined || owner !== current) return fail("expected a sample of the metric before");
      const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
      if (Number.isNaN(number)) fail("expected a number");
      const key = sample + labels;
      if (metric.samples.has(key)) fail("expected each set of labels once");
      metric.samples.set(key, number);
    }
  }
  for (const [name, { type, samples }] of metrics) {
    if (samples.size === 0) throw new Error(`${name}: expected a sample`);
    if (type === "counter" && !name.endsWith("_total")) throw new Error(`${name}: a counter ends with _total`);
    if (type !== "histogram") continue;
    checkBuckets(name, samples);
  }
  return metrics;
}

/** Buckets grow, end with +Inf, and that is the count. */
function checkBuckets(name: string, samples: Map<string, number>): void {
  let before = 0;
  let last = 0;
  for (const [key, value] of samples) {
    const le = /le="([^"]+)"/.exec(key)?.[1];
    if (le !== undefined && value < before) throw new Error(`${key}: expected at least ${before}, got ${value}`);
    if (le === "+Inf") last = value;
    before = le === undefined || le === "+Inf" ? 0 : value;
    if (key.startsWith(`${name}_count`) && value !== last) throw new Error(`${key}: expected ${last}, got ${value}`);
  }
}

/** Sum of all samples of a metric, or of a histogram's `_count`, whose labels hold these. */
export function sumOf(metrics: Map<string, Exposed>, name: string, ...labels: string[]): number {
  const all = (metrics.get(name) ?? metrics.get(name.replace(SUFFIX, "")))?.samples ?? new Map<string, number>();
  const samples = [...all].filter(([key]) => key === name || key.startsWith(`${name}{`));
  let sum = Number.NaN;
  for (const [key, value] of samples)
    if (labels.every((label) => key.includes(label))) sum = (Number.isNaN(sum) ? 0 : sum) + value;
  return sum;
}

/** Says what promtool finds wrong with a text; null where promtool is not installed. */
export function promtoolProblems(text: string): string | null {
  if (Bun.which("promtool") === null) {
    console.log("promtool is not installed: the format is checked by the test's own reader only");
    return null;
  }
  const { exitCode, stdout, stderr } = Bun.spawnSync(["promtool", "check", "metrics"], { stdin: Buffer.from(text) });
  return exitCode === 0 ? "" : `${stdout}${stderr}`;
}
