// The tables of checks and of reason codes in risk.md, made from the rows that the core works with.
import { CHECKS } from "../../src/core/risk/checks.ts";
import { OVERRIDABLE } from "../../src/core/risk/overridable.ts";
import type { ByVersion } from "../../src/core/risk/reason-row.ts";
import { REASONS, reasonText } from "../../src/core/risk/reasons.ts";

/** Checks in the order in which the core makes them. */
export function checkTable(): string[] {
  const rows = CHECKS.map(({ reason, levels, keys, atReplace, ord, cxl }, i) => {
    const read = keys.length === 0 ? "–" : keys.map((key) => `\`${key}\``).join(", ");
    const replace = atReplace ? "yes" : "–";
    const override = OVERRIDABLE.some((one) => one.reason === reason) ? "yes" : "never";
    const cells = [i + 1, `\`${reasonText(reason)}\``, levels.join(", ").toLowerCase(), read, replace, override];
    return `| ${[...cells, versionText(ord), versionText(cxl)].join(" | ")} |`;
  });
  const head =
    "| order | code | level | reads | replaces, too | override | 103: 4.2 / 4.4 / 5.0SP2 | 102: 4.2 / 4.4 / 5.0SP2 |";
  return [head, "|---|---|---|---|---|---|---|---|", ...rows];
}

/** Codes by number, each with what it means and what to do. */
export function reasonTable(): string[] {
  const sorted = REASONS.toSorted((a, b) => a.reason - b.reason);
  const rows = sorted.map(({ reason, meaning, remedy }) => `| \`${reasonText(reason)}\` | ${meaning} | ${remedy} |`);
  return ["| code | meaning | what to do |", "|---|---|---|", ...rows];
}

function versionText(codes: ByVersion): string {
  return codes.join(" / ");
}
