import { required, text, whole, word } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const LONGEST_MINUTES = 10_080;

/** What operators do about alarms. */
export const alarmRows: readonly CtlRow[] = [
  {
    name: "alarms",
    summary: "alarms that are open",
    method: "GET",
    path: "/v1/alarms",
    options: { state: word("STATE", "open, resolved or all", ["open", "resolved", "all"]) },
    list: "",
    columns: {
      id: "id",
      severity: "severity",
      state: "state",
      since: "since",
      rule: "alarm",
      subject: "about",
    },
    below: { text: "what" },
  },
  {
    name: "alarm acknowledge",
    summary: "say that somebody works on an alarm",
    method: "POST",
    path: "/v1/alarms/:id/acknowledge",
    arguments: ["ID"],
    isAction: true,
  },
  {
    name: "alarm test",
    summary: "send a test alarm to every receiver",
    method: "POST",
    path: "/v1/alarms/test",
    isAction: true,
  },
  {
    name: "alarm deliveries",
    summary: "what the receivers of alarms have taken",
    method: "GET",
    path: "/v1/alarms/deliveries",
    list: "",
    columns: {
      receiver: "receiver",
      delivered: "delivered",
      retries: "retries",
      waiting: "waiting",
      givenUp: "given up",
      problem: "problem",
    },
  },
  {
    name: "silences",
    summary: "silences that have not ended",
    method: "GET",
    path: "/v1/silences",
    list: "",
    columns: { id: "id", rule: "alarm", subject: "about", until: "until", by: "by" },
    below: { why: "why" },
  },
  {
    name: "silence add",
    summary: "keep alarms that match from being sent",
    method: "POST",
    path: "/v1/silences",
    options: {
      rule: text("PATTERN", "name of the alarm; * stands for any text"),
      subject: text("PATTERN", "what it is about: venue SIM"),
      minutes: required(whole("N", "how long", 1, LONGEST_MINUTES)),
    },
    isAction: true,
  },
  {
    name: "silence end",
    summary: "end a silence",
    method: "DELETE",
    path: "/v1/silences/:id",
    arguments: ["ID"],
    isAction: true,
  },
];
