import { type Command, command, flag, type Option, type Options, required, text } from "../commands/command.ts";
import { type CtlRow, optionKey } from "./row.ts";

/** How every command finds the gateway. */
export const CONNECTION = {
  config: text("FILE", "configuration of the gateway: its socket is used"),
  socket: text("PATH", "unix socket of the API"),
  url: text("URL", "an address of the API, such as http://127.0.0.1:9180 or https://10.0.0.5:9443"),
  tokenFile: text("FILE", "file of one line with the token; or SALLYPORT_TOKEN"),
  ca: text("FILE", "certificates of the authorities that sign that of an https address; default: this host's"),
  cert: text("FILE", "our certificate for an https address, in place of a token"),
  key: text("FILE", "the private key of --cert"),
  json: flag("print the answer as JSON"),
} as const;

const WHY = required(text("TEXT", "why it is done; the journal keeps it"));

export function ctlCommand(row: CtlRow): Command {
  const follow: Options =
    row.follow === undefined ? {} : { follow: flag("print what comes from now on, until it is ended") };
  const why: Readonly<Record<string, Option<unknown>>> = row.isAction ? { why: WHY } : {};
  return command({
    name: `ctl ${row.name}`,
    arguments: row.arguments,
    summary: row.summary,
    options: { ...keyed(row.query), ...keyed(row.options), ...follow, ...why, ...CONNECTION },
    page: "api",
    run: async (values, { arguments: words }) => {
      const { runRow } = await import("./run-row.ts");
      return runRow(row, words as readonly string[], values);
    },
  });
}

/** Options with keys as the command line has them: `filter.account` is --account. */
function keyed(options: Options = {}): Options {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [optionKey(key), option]));
}
