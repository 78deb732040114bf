import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { METRICS } from "../../../src/metrics/table.ts";
import { LATENCY_STAGES } from "../../../src/operation/latency.ts";
import { executable } from "../../e2e/gateway.ts";
import { ROOT, sallyport } from "../sallyport.ts";

const dashboardText = await Bun.file(join(ROOT, "appliance/grafana/dashboard.json")).text();
const alertsText = await Bun.file(join(ROOT, "appliance/prometheus/alerts.yml")).text();

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
const dashboard = JSON.parse(dashboardText) as {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
const { groups } = Bun.YAML.parse(alertsText) as { groups: { name: string; rules: AlertRule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const targets = dashboard.panels.flatMap(({ targets = [] }) => targets);

const HAS_PROMTOOL = Bun.which("promtool") !== null;

/** Labels that Prometheus adds. */
const ADDED = ["instance", "job", "le"];

/** Metrics and labels of an expression that the gateway does not have. */
function unknownIn(expr: string): string[] {
  const unknown: string[] = [];
  const known = new Map(METRICS.flatMap((metric) => namesOf(metric.name, metric.type).map((name) => [name, metric])));
  for (const [, name, selector = ""] of expr.matchAll(/\b((?:sallyport|process)_\w+)(?:\{([^}]*)\})?/g)) {
    const metric = known.get(name!);
    if (metric === undefined) unknown.push(name!);
    const labels = [...selector.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    unknown.push(
      ...labels
        .filter((label) => ![...ADDED, ...(metric?.labels ?? [])].includes(label))
        .map((label) => `${name}: ${label}`),
    );
    const stage = /stage="(\w+)"/.exec(selector)?.[1];
    if (stage !== undefined && !LATENCY_STAGES.some((one) => one === stage)) unknown.push(`${name}: stage ${stage}`);
  }
  return unknown;
}

function namesOf(name: string, type: string): string[] {
  return type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

/** Labels that a text shows and its expression's metrics do not have. */
function unknownLabels(text: string, expr: string): string[] {
  const labels = METRICS.filter(({ name }) => expr.includes(name)).flatMap((metric) => metric.labels);
  return [...text.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)]
    .map(([, label]) => label!)
    .filter((label) => ![...ADDED, ...labels].includes(label));
}

describe("the dashboard for Grafana", () => {
  test("names metrics and labels that exist", () => {
    expect(targets.length).toBeGreaterThan(30);
    const expressions = [...targets, ...dashboard.annotations.list].map(({ expr }) => expr);
    expect(expressions.flatMap(unknownIn)).toEqual([]);
    expect(targets.flatMap(({ expr, legendFormat }) => unknownLabels(legendFormat, expr))).toEqual([]);
  });

  test("has panels with titles of their own, which do not overlap", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(new Set(dashboard.panels.map(({ title }) => title)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          expect(x, title).toBeLessThan(24);
          taken.add(`${x} ${y}`);
        }
  });
});

describe("the alert rules for Prometheus", () => {
  test("name metrics and labels that exist, and say what is wrong", () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    for (const { alert, expr, labels, annotations } of rules) {
      expect(alert).toMatch(/^Sallyport[A-Z]\w+$/);
      expect(["warning", "error", "critical"]).toContain(labels.severity);
      expect(annotations.description, alert).toEndWith(".");
      const shown = `${annotations.summary} ${annotations.description}`;
      expect(unknownLabels(shown, expr), alert).toEqual([]);
    }
  });

  test.skipIf(!HAS_PROMTOOL)("are taken by promtool (Debian's prometheus)", () => {
    const file = join(ROOT, "appliance/prometheus/alerts.yml");
    const { exitCode, stdout, stderr } = Bun.spawnSync(["promtool", "check", "rules", file]);
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
  });

  test.skipIf(!HAS_PROMTOOL)("fire and stay silent as they should, by promtool's own tests", () => {
    const file = join(import.meta.dir, "alerts.test.yml");
    const { exitCode, stdout, stderr } = Bun.spawnSync(["promtool", "test", "rules", file]);
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
  });
});

test("sallyport example prints them, from source and from the executable", () => {
  expect(sallyport("example", "--grafana").stdout).toBe(dashboardText);
  expect(sallyport("example", "--alerts").stdout).toBe(alertsText);
  const printed = Bun.spawnSync([executable(), "example", "--grafana"], { cwd: "/" });
  expect(printed.stdout.toString()).toBe(dashboardText);
  expect(Bun.spawnSync([executable(), "example", "--alerts"], { cwd: "/" }).stdout.toString()).toBe(alertsText);
  expect(sallyport("example", "--grafana", "--alerts")).toMatchObject({ exitCode: 2, stdout: "" });
});
