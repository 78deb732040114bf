import { CONNECTION } from "../ctl/ctl-command.ts";
import { command, flag, otherwise, text, whole } from "./command.ts";

const { json, ...connection } = CONNECTION;

export const top = command({
  name: "top",
  summary: "show a running gateway on this terminal: sessions, rates, latencies, stalls, limits, alarms",
  options: { once: flag("print one frame as text, and end"), ...connection },
  notes: ["q ends it. NO_COLOR switches colours off. It reads what the dashboard reads, and delays no order."],
  page: "operation",
  run: async (options) => {
    const { topCommand } = await import("../top/top.ts");
    return topCommand(options);
  },
});

export const profile = command({
  name: "profile",
  summary: "profile the threads of a running gateway: CPU profiles and a flame graph page",
  options: {
    lane: whole("N", "only this lane", 0, 63),
    main: flag("only the main thread"),
    seconds: otherwise(whole("S", "how long, seconds", 1, 60), 5),
    heap: flag("also a snapshot of the main thread's heap; needs the role admin"),
    why: otherwise(text("TEXT", "why it is done; the journal keeps it"), "sallyport profile"),
    ...connection,
    json,
  },
  notes: [
    "A lane that is profiled is some percent slower, stands still for about half a millisecond every 10 ms, and may collect",
    "garbage. Exit code 0; 1: nothing was captured; 3: a thread gave no whole profile, or a second person has to confirm.",
  ],
  page: "operation",
  run: async (options) => {
    const { profileCommand } = await import("../profile/profile.ts");
    return profileCommand(options);
  },
});
