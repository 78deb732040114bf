import { type Command as CommanderCommand, Option as CommanderOption } from "commander";
import { noCompiler } from "../run/jit.ts";
import { type Command, type Options, optionName, usageOf, type Values } from "./command.ts";
import { StrictCommand, UsageError } from "./strict-command.ts";
import { commands } from "./table.ts";
import { versionText } from "./version.ts";

const FAILED = 1;
const BAD_USAGE = 2;

/**
 * Runs one command. `entry` is the module that workers of this process start from.
 * Returns  the process's exit code; 2 for bad usage.
 */
export async function runCommandLine(words: string[], entry: string): Promise<number> {
  let exitCode = 0;
  const program = new StrictCommand("sallyport")
    .description("Sallyport, a low-latency order gateway: FIX clients in, risk limits, journal, exchanges out.")
    .version(versionText(), "--version", "print the version")
    .helpOption("--help", "show this help")
    .helpCommand(false);
  for (const row of commands) {
    const command = add(program, row);
    if (row.run === undefined) continue;
    const { run } = row;
    command.action(async (...given) => {
      // commander passes the arguments, then the options, then the command.
      const options = given.at(-2) as Values<Options>;
      exitCode = await run(options, { arguments: given.slice(0, -2), entry, commands });
    });
  }
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    const without = noCompiler(error);
    if (without !== null) {
      console.error(`sallyport: ${without}`);
      return FAILED;
    }
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return BAD_USAGE;
  }
  return exitCode;
}

/** Adds a row of the table to the program, or to the group that its name begins with. */
function add(program: StrictCommand, row: Command): CommanderCommand {
  const words = row.name.split(" ");
  let parent: CommanderCommand = program;
  for (const word of words.slice(0, -1)) parent = parent.commands.find((group) => group.name() === word)!;
  const command = parent.command(words.at(-1)!, { hidden: row.internal === true });
  command.description(row.summary).helpOption("--help", "show this help").helpCommand(false);
  for (const argument of row.arguments ?? []) command.argument(argument.startsWith("[") ? argument : `<${argument}>`);
  for (const [key, option] of Object.entries(row.options ?? {})) command.addOption(optionOf(key, option));
  const usage = row.run === undefined ? groupUsage(row.name) : usageOf(row);
  if (usage !== "") command.usage(usage);
  const notes = [...(row.notes ?? []), `More: sallyport manual ${row.page}`];
  command.addHelpText("after", `\n${notes.join("\n")}`);
  return command;
}

function optionOf(key: string, { value, summary, required, fallback, read }: Options[string]): CommanderOption {
  const option = new CommanderOption(value === "" ? optionName(key) : `${optionName(key)} <${value}>`, summary);
  if (read !== undefined) option.argParser(read);
  if (fallback !== undefined) option.default(fallback);
  return option.makeOptionMandatory(required);
}

/** The commands of a group, as its help shows them. */
function groupUsage(name: string): string {
  const members = commands.filter((row) => row.name.startsWith(`${name} `));
  return members.map((row) => row.name.slice(name.length + 1)).join("|");
}
