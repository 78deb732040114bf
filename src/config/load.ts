import { consistencyProblems } from "./consistency.ts";
import { type Problem, pathText } from "./problem.ts";
import { resolveConfig } from "./resolve.ts";
import type { ConfigFile, GatewayConfig } from "./schema.ts";
import { shapeProblems, withDefaults } from "./shape.ts";
import { parseToml } from "./toml.ts";
import { configWarnings } from "./warnings.ts";

/** A configuration with doubts about it, or all problems of its text. */
export type LoadResult =
  | {
      config: GatewayConfig;
      /** The file with its constant defaults, from which `config` is made. */
      file: ConfigFile;
      warnings: Problem[];
      problems?: undefined;
    }
  | { config?: undefined; problems: Problem[] };

/**
 * Reads a configuration from TOML, checks it and applies the defaults.
 * Fails  never: problems are listed, each path once. `fileName` is only for messages.
 */
export function loadConfig(text: string, fileName: string): LoadResult {
  const parsed = parseToml(text, fileName);
  if ("problem" in parsed) return { problems: [parsed.problem] };
  const problems = new Map<string, Problem>();
  const add = (problem: Problem) => problems.has(problem.where) || problems.set(problem.where, problem);
  takePrototypeKeys(parsed.value, [], add);
  const value = withDefaults(parsed.value);
  shapeProblems(value).forEach(add);
  consistencyProblems(value).forEach(add);
  if (problems.size > 0) return { problems: [...problems.values()] };
  const file = value as ConfigFile;
  return { config: resolveConfig(file), file, warnings: configWarnings(file) };
}

/** Removes and reports keys `__proto__`, which would change the prototype of a copied object. */
function takePrototypeKeys(value: unknown, path: (string | number)[], add: (problem: Problem) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const entries = value as Record<string, unknown>;
    if (key === "__proto__") {
      delete entries[key];
      add({ where: pathText(at), what: "expected another name" });
    } else takePrototypeKeys(entries[key], at, add);
  }
}
