import { whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

export const systemRows: readonly CtlRow[] = [
  { name: "status", summary: "the gateway: version, start, configuration", method: "GET", path: "/v1/system" },
  { name: "counters", summary: "what the core has counted", method: "GET", path: "/v1/counters" },
  { name: "ready", summary: "whether it takes orders", method: "GET", path: "/v1/ready" },
  {
    name: "actions",
    summary: "what operators did since the start",
    method: "GET",
    path: "/v1/actions",
    options: { limit: whole("N", "the last N", 1, 1_000) },
    list: "",
    columns: {
      at: "time",
      who: "who",
      action: "action",
      target: "target",
      result: "result",
      why: "why",
    },
  },
  {
    name: "note",
    summary: "put a note into the journal",
    method: "POST",
    path: "/v1/notes",
    arguments: ["TEXT"],
    argumentKeys: ["why"],
  },
  {
    name: "confirmations",
    summary: "actions that wait for a second person",
    method: "GET",
    path: "/v1/confirmations",
    list: "",
    columns: {
      confirmation: "id",
      action: "action",
      target: "target",
      who: "asked by",
      expiresAt: "until",
      why: "why",
    },
  },
  {
    name: "confirm",
    summary: "confirm what another person has asked for",
    method: "POST",
    path: "/v1/confirmations/:id",
    arguments: ["ID"],
  },
  {
    name: "withdraw",
    summary: "take back what waits for a second person",
    method: "DELETE",
    path: "/v1/confirmations/:id",
    arguments: ["ID"],
  },
];
