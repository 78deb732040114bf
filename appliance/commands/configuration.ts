import { ORDER_TYPE_NAMES } from "../../src/base/order-kinds.ts";
import { command, converted, flag, otherwise, required, text, whole, word } from "./command.ts";
import { instant } from "./option-values.ts";

const config = required(text("FILE", "configuration (TOML)"));
const data = text("DIR", "journal directory, instead of gateway.data in the configuration");

export const example = command({
  name: "example",
  summary: "print an example configuration that explains every key",
  options: {
    production: flag("print one for production: no built-in exchange, each comment a setting in its table"),
    grafana: flag("print a dashboard for Grafana instead"),
    alerts: flag("print alert rules for Prometheus instead"),
  },
  page: "configuration",
  run: async ({ production, grafana, alerts }) => {
    const asked = [production, grafana, alerts].filter((one) => one === true);
    if (asked.length > 1) {
      console.error("sallyport example: expected one of --production, --grafana and --alerts, got several");
      return 2;
    }
    const { example } = await import("../config/example.ts");
    const what =
      production === true ? "production" : grafana === true ? "grafana" : alerts === true ? "alerts" : "plain";
    console.log((await example(what)).trimEnd());
    return 0;
  },
});

export const check = command({
  name: "check",
  summary: "check a configuration and what it needs on this machine, and show its lanes and memory",
  options: { config, data },
  notes: ["Run it as the gateway's user. Exit code 0; 1: the file is not valid; 3: run could not start with it here."],
  page: "configuration",
  run: async (options) => {
    const { checkConfig } = await import("../config/check.ts");
    return checkConfig(options);
  },
});

export const route = command({
  name: "route",
  summary: "say where a new order would go by a configuration, and why",
  options: {
    config,
    session: required(text("NAME", "client session")),
    account: text("NAME", "account; default: the session's only one"),
    symbol: required(text("NAME", "symbol")),
    side: word("SIDE", "side; default: buy", ["buy", "sell", "sell-short"]),
    type: word("TYPE", "order type; default: limit", ORDER_TYPE_NAMES),
    quantity: text("N", "quantity; default: 1"),
    securityType: text("VALUE", "SecurityType (167)"),
    exDestination: text("VALUE", "ExDestination (100)"),
    down: text("VENUES", "these venues are down, with commas between; the others are up"),
    json: flag("print JSON"),
  },
  notes: ["Exit code 0; 1: the configuration or the question is not valid; 4: the order would be refused."],
  page: "routing",
  run: async (options) => {
    const { printRoute } = await import("../config/route.ts");
    return printRoute(options);
  },
});

export const schedule = command({
  name: "schedule",
  summary: "print when sessions open and close next",
  options: {
    config,
    count: otherwise(whole("N", "openings of each session", 1, 1_000), 14),
    from: converted("INSTANT", "start here instead of now: 2026-11-24T08:00:00Z", instant),
    session: text("NAME", "only this client session or venue"),
    json: flag("print JSON"),
  },
  page: "sessions",
  run: async (options) => {
    const { printSchedule } = await import("../config/schedule.ts");
    return printSchedule({ ...options, configFile: options.config, fromUs: options.from ?? Date.now() * 1000 });
  },
});

export const sequence = command({
  name: "sequence",
  summary: "show or set the sequence numbers of a session while the gateway is stopped",
  options: {
    config,
    data,
    session: required(text("NAME", "client session or venue")),
    nextIn: whole("N", "MsgSeqNum (34) expected next", 1, 999_999_999),
    nextOut: whole("N", "MsgSeqNum (34) sent next", 1, 999_999_999),
  },
  page: "sessions",
  run: async ({ config: configFile, data: dataDir, ...rest }) => {
    const { setSequence } = await import("../journal/sequence.ts");
    return setSequence({ configFile, dataDir, ...rest });
  },
});

export const hashPassword = command({
  name: "hash-password",
  summary: "read a password from standard input and print its hash for passwordHash",
  page: "sessions",
  run: async () => {
    const { hashPassword } = await import("../config/hash-password.ts");
    return hashPassword();
  },
});

export const token = command({
  name: "token",
  summary: "print a new token of the API, and its hash for admin.tokens",
  page: "api",
  run: async () => {
    const { newToken } = await import("../config/token.ts");
    return newToken();
  },
});

export const unlock = command({
  name: "unlock",
  arguments: ["NAME"],
  summary: "release a client session that is locked after wrong passwords",
  options: { config, data: text("DIR", "journal directory, instead of gateway.data in the configuration") },
  page: "sessions",
  run: async ({ config: configFile, data }, { arguments: [name] }) => {
    const { unlockSession } = await import("../config/unlock.ts");
    return unlockSession(configFile, data, name!);
  },
});
