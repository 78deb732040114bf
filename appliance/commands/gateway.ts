import { LOG_FORMATS } from "../run/log-format.ts";
import { command, flag, required, text, whole, word } from "./command.ts";

export const run = command({
  name: "run",
  summary: "run the gateway",
  options: {
    config: required(text("FILE", "configuration (TOML); sallyport example prints one")),
    data: text("DIR", "journal directory, instead of gateway.data in the configuration"),
    logFormat: word(
      "FORMAT",
      "format of the log: text, json, journald; by default journald under systemd, else text",
      LOG_FORMATS,
    ),
    orphanOrders: word(
      "POLICY",
      "open orders of clients and venues that the configuration no longer has: keep, cancel; without it the start is refused",
      ["keep", "cancel"],
    ),
  },
  notes: [
    "SIGINT and SIGTERM shut it down cleanly. SIGUSR1 engages the kill switch, SIGUSR2 releases it. SIGHUP reads the configuration again.",
    "Exit code 0: clean shutdown; 1: it could not start; 70: internal fault; 74: its journal files were removed or cut.",
  ],
  page: "operation",
  run: async ({ config, data, logFormat, orphanOrders }, { entry }) => {
    const { runGateway } = await import("../run/run.ts");
    return runGateway({ configFile: config, dataDir: data, logFormat, orphans: orphanOrders, entry });
  },
});

export const demo = command({
  name: "demo",
  summary: "run a gateway, an exchange and trading clients on this machine and show what they do",
  options: {
    seconds: whole("N", "end after this many seconds; without it Ctrl-C ends it", 1, 86_400),
    json: flag("print one line of JSON at the end instead of a live line"),
    sessions: whole("N", "number of trading clients", 1, 64),
  },
  page: "performance",
  run: async (options, { entry }) => {
    const { demoCommand } = await import("../demo/demo.ts");
    return demoCommand({ ...options, entry });
  },
});

/** The gateway starts this as a separate process. */
export const snapshot = command({
  name: "snapshot",
  summary: "write a snapshot of a journal; the gateway does this by itself",
  page: "operation",
  internal: true,
  run: async () => {
    const { snapshotCommand } = await import("../run/snapshot.ts");
    return snapshotCommand();
  },
});

/** The gateway starts this as a separate process. */
export const audit = command({
  name: "audit",
  summary: "read the journal of a running gateway; the gateway does this by itself",
  page: "operation",
  internal: true,
  run: async () => {
    const { auditCommand } = await import("../run/audit.ts");
    return auditCommand();
  },
});
