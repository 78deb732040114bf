import { Command, type HelpContext, InvalidArgumentError } from "commander";
import { noCompiler } from "../run/jit.ts";
import { boxCommands } from "./box-commands.ts";
import { installCommands } from "./install-commands.ts";
import { journalCommands } from "./journal-commands.ts";
import { versionText } from "./version.ts";
import { wholeFrom } from "./whole-option.ts";

const FAILED = 1;
const BAD_USAGE = 2;

/** Words that are no command; the message is the one line that is said about it. */
class UsageError extends Error {}

/** A command that answers bad usage with one line that says what was expected. */
class StrictCommand extends Command {
  override createCommand(name?: string): Command {
    return new StrictCommand(name);
  }

  override error(message: string): never {
    const said = message
      .replace(/^error: /, "")
      .replaceAll("\n", " ")
      .replace(/\.?$/, "");
    throw new UsageError(`${this.fullName()}: ${said}; expected: ${this.expected()}`);
  }

  override help(context?: HelpContext | ((text: string) => string)): never {
    if (typeof context === "object" && context.error === true) this.error("a command is missing");
    return super.help(context as HelpContext);
  }

  private fullName(): string {
    return this.parent instanceof StrictCommand ? `${this.parent.fullName()} ${this.name()}` : this.name();
  }

  private expected(): string {
    const names = this.createHelp()
      .visibleCommands(this)
      .map((command) => command.name());
    const help = `(see: ${this.fullName()} --help)`;
    return names.length === 0 ? `${this.fullName()} ${this.usage()} ${help}` : `${names.join(", ")} ${help}`;
  }
}

/**
 * Runs one command. `entry` is the module that a lane's worker starts from.
 * Returns  the process's exit code; 2 when the words are no command.
 */
export async function runCommandLine(words: string[], entry: string): Promise<number> {
  let exitCode = 0;
  const program = new StrictCommand("sallyport")
    .description("Sallyport, a low-latency order gateway: FIX clients in, risk limits, journal, exchanges out.")
    .version(versionText(), "--version", "print the version")
    .helpOption("--help", "show this help")
    .helpCommand(false);
  const command = (parent: Command, nameAndArguments: string, summary: string): Command =>
    parent.command(nameAndArguments).description(summary).helpOption("--help", "show this help");

  command(program, "run", "run the gateway")
    .requiredOption("--config <FILE>", "configuration (TOML); sallyport example prints one")
    .option("--data <DIR>", "directory of the journal, instead of gateway.data in the configuration")
    .usage("--config FILE [--data DIR]")
    .addHelpText("after", "\nSIGINT and SIGTERM end it in order, SIGUSR1 engages the kill switch, SIGUSR2 releases it.")
    .action(async (options: { config: string; data?: string }) => {
      const { runGateway } = await import("../run/run.ts");
      exitCode = await runGateway({ configFile: options.config, dataDir: options.data, entry });
    });

  command(program, "demo", "run a gateway, an exchange and trading clients on this machine and show what they do")
    .option("--seconds <N>", "end after so many seconds; without it Ctrl-C ends it", wholeFrom(1, 86_400))
    .option("--json", "print one line of JSON at the end instead of a live line")
    .option("--sessions <N>", "how many trading clients", wholeFrom(1, 64))
    .usage("[--seconds N] [--json] [--sessions N]")
    .action(async (options: { seconds?: number; json?: boolean; sessions?: number }) => {
      const { demoCommand } = await import("../demo/demo.ts");
      exitCode = await demoCommand({ ...options, entry });
    });

  command(program, "check", "check a configuration, and show its lanes and sizes")
    .requiredOption("--config <FILE>", "configuration (TOML)")
    .usage("--config FILE")
    .action(async (options: { config: string }) => {
      const { checkConfig } = await import("../config/check.ts");
      exitCode = await checkConfig(options.config);
    });

  command(program, "schedule", "print when sessions open and close next")
    .requiredOption("--config <FILE>", "configuration (TOML)")
    .option("--count <N>", "how many openings of each session", wholeFrom(1, 1_000), 14)
    .option("--from <INSTANT>", "from then on instead of from now: 2026-11-24T08:00:00Z", instant)
    .option("--session <NAME>", "only this client session or venue")
    .option("--json", "print JSON")
    .usage("--config FILE [--count N] [--from INSTANT] [--session NAME] [--json]")
    .action(async (options: { config: string; count: number; from?: number; session?: string; json?: boolean }) => {
      const { printSchedule } = await import("../config/schedule.ts");
      const fromUs = options.from ?? Date.now() * 1000;
      exitCode = printSchedule({ ...options, configFile: options.config, fromUs });
    });

  command(program, "sequence", "show or set the sequence numbers of a session while the gateway does not run")
    .requiredOption("--config <FILE>", "configuration (TOML)")
    .requiredOption("--session <NAME>", "client session or venue")
    .option("--data <DIR>", "directory of the journal, instead of gateway.data in the configuration")
    .option("--next-in <N>", "MsgSeqNum that is expected next", wholeFrom(1, 999_999_999))
    .option("--next-out <N>", "MsgSeqNum that is sent next", wholeFrom(1, 999_999_999))
    .usage("--config FILE [--data DIR] --session NAME [--next-in N] [--next-out N]")
    .action(async (options: { config: string; session: string; data?: string; nextIn?: number; nextOut?: number }) => {
      const { setSequence } = await import("../journal/sequence.ts");
      const { config: configFile, data: dataDir, ...rest } = options;
      exitCode = await setSequence({ configFile, dataDir, ...rest });
    });

  command(
    program,
    "hash-password",
    "read a password from the standard input and print its hash for passwordHash",
  ).action(async () => {
    const { hashPassword } = await import("../config/hash-password.ts");
    exitCode = await hashPassword();
  });

  journalCommands(command(program, "journal", "read a journal"), command, (code) => {
    exitCode = code;
  });

  program
    .command("snapshot", { hidden: true })
    .description("make a snapshot of a journal; the gateway does this by itself")
    .action(async () => {
      const { snapshotCommand } = await import("../run/snapshot.ts");
      exitCode = await snapshotCommand();
    });

  boxCommands(program, command, entry, (code) => {
    exitCode = code;
  });

  installCommands(program, command, entry, (code) => {
    exitCode = code;
  });

  command(program, "example", "print an example configuration in which every field is explained").action(async () => {
    const { default: example } = await import("../gateway.toml", { with: { type: "text" } });
    console.log(example.trimEnd());
  });

  command(program, "version", "print the version").action(() => console.log(versionText()));

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

/** Reads an option's instant; microseconds since 1970. */
function instant(text: string): number {
  try {
    return Temporal.Instant.from(text).epochMilliseconds * 1000;
  } catch {
    throw new InvalidArgumentError("It must be an instant such as 2026-11-24T08:00:00Z");
  }
}
