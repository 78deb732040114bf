import { type Command, InvalidArgumentError } from "commander";
import { timeOf } from "../journal/time-of.ts";

type MakeCommand = (parent: Command, nameAndArguments: string, summary: string) => Command;

/** The commands below `sallyport journal`; `ended` is told each one's exit code. */
export function journalCommands(journal: Command, command: MakeCommand, ended: (exitCode: number) => void): void {
  journal.usage("print|export|order|verify|repair DIR").helpCommand(false);
  const FILTERS = "[--session NAME] [--stream NAME] [--order ID] [--from TIME] [--to TIME] [--follow]";
  const reading = (nameAndArguments: string, summary: string): Command =>
    command(journal, nameAndArguments, summary)
      .option("--session <NAME>", "only what is about this client session or venue")
      .option("--stream <NAME>", "only this stream: core, client0, venue0 …")
      .option(
        "--order <ID>",
        "only what is about this order, through its replaces: ClOrdID, our OrderID, the venue's ClOrdID",
      )
      .option("--from <TIME>", "not before: YYYYMMDD-HH:MM:SS, YYYY-MM-DDTHH:MM:SSZ, HH:MM of today or now; UTC", time)
      .option("--to <TIME>", "not after; as --from", time)
      .option("--follow", "go on with what a running gateway writes")
      .option("--json", "one line of JSON an entry");
  reading("print <DIR>", "print the journal in DIR as readable FIX")
    .usage(`${FILTERS} [--json] DIR`)
    .action(async (dir: string, options: ReadingOptions) => {
      const { journalPrint } = await import("../journal/journal.ts");
      ended(await journalPrint(dir, { ...read(options), format: options.json ? "json" : "lines" }));
    });
  reading("export <DIR>", "write the FIX messages of the journal in DIR, one a line, with SOH between the fields")
    .usage(`${FILTERS} [--json] DIR`)
    .action(async (dir: string, options: ReadingOptions) => {
      const { journalPrint } = await import("../journal/journal.ts");
      ended(await journalPrint(dir, { ...read(options), format: options.json ? "json" : "fix" }));
    });
  command(journal, "order <ID> <DIR>", "tell what happened to an order: all that came in and went out for it, in order")
    .option("--json", "one line of JSON an entry")
    .usage("[--json] ID DIR")
    .action(async (order: string, dir: string, options: { json?: boolean }) => {
      const { journalPrint } = await import("../journal/journal.ts");
      ended(await journalPrint(dir, { order, format: options.json ? "json" : "lines" }));
    });
  command(journal, "verify <DIR>", "check that every entry of the journal in DIR is whole")
    .usage("DIR")
    .action(async (dir: string) => {
      const { journalVerify } = await import("../journal/journal.ts");
      ended(await journalVerify(dir));
    });

  command(journal, "repair <DIR>", "show what is damaged in the journal in DIR and what would be done about it")
    .option("--yes", "do it; every file that is changed is kept under another name")
    .usage("[--yes] DIR")
    .action(async (dir: string, options: { yes?: boolean }) => {
      const { journalRepair } = await import("../journal/repair.ts");
      ended(await journalRepair(dir, options.yes === true));
    });
}

interface ReadingOptions {
  session?: string;
  stream?: string;
  order?: string;
  from?: number;
  to?: number;
  follow?: boolean;
  json?: boolean;
}

function read({ session, stream, order, from, to, follow }: ReadingOptions) {
  return {
    ...(session === undefined ? {} : { session }),
    ...(stream === undefined ? {} : { stream }),
    ...(order === undefined ? {} : { order }),
    ...(from === undefined ? {} : { fromUs: from }),
    ...(to === undefined ? {} : { toUs: to }),
    follow: follow === true,
  };
}

/** Reads an option's time. */
function time(text: string): number {
  try {
    return timeOf(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
