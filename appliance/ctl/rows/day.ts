import { flag, text } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const END = {
  day: text("DAY", "trading day (YYYY-MM-DD); by default the current one"),
  cancel: flag("ask the venues to cancel open day orders"),
  logout: flag("log all sessions and venues out"),
} as const;

export const dayRows: readonly CtlRow[] = [
  { name: "day show", summary: "the last start and end of day", method: "GET", path: "/v1/day" },
  {
    name: "day check",
    verdict: "go",
    summary: "the go/no-go list and the day's files; changes nothing",
    method: "POST",
    path: "/v1/day/start",
    body: { dryRun: true, why: "check" },
    list: "checks",
    columns: { name: "check", ok: "ok", why: "why" },
  },
  {
    name: "day start",
    verdict: "go",
    summary: "set reference prices, disable restricted symbols, and show the go/no-go list",
    method: "POST",
    path: "/v1/day/start",
    body: { dryRun: false },
    isAction: true,
    list: "checks",
    columns: { name: "check", ok: "ok", why: "why" },
  },
  {
    name: "day plan",
    summary: "what an end of day with the same options would do; changes nothing",
    method: "POST",
    path: "/v1/day/end",
    body: { dryRun: true, why: "plan" },
    options: END,
  },
  {
    name: "day end",
    summary: "end a trading day: reports with checksums; on request cancel day orders and log out",
    method: "POST",
    path: "/v1/day/end",
    body: { dryRun: false },
    options: END,
    isAction: true,
  },
];
