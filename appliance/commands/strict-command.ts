import { Command, type HelpContext, type Option } from "commander";
import { mostSimilar } from "../../src/config/problem.ts";

/** Bad usage; the message is the one line that is printed. */
export class UsageError extends Error {}

/** A command that answers bad usage with one line that says what was expected. */
export class StrictCommand extends Command {
  override createCommand(name?: string): StrictCommand {
    return new StrictCommand(name);
  }

  override error(message: string): never {
    const problem = message
      .replace(/^error: /, "")
      .replaceAll("\n", " ")
      .replace(/\.?$/, "");
    throw new UsageError(`${this.fullName()}: ${problem}; expected: ${this.expected()}`);
  }

  override help(context?: HelpContext | ((text: string) => string)): never {
    if (typeof context === "object" && context.error === true) this.error("a command is missing");
    return super.help(context as HelpContext);
  }

  /** commander calls the next three. A word that does not belong here is named before what is missing: it is the typo. */
  missingMandatoryOptionValue(option: Option): void {
    const stray = this.args.find((word) => word.startsWith("-"));
    if (stray !== undefined) this.unknownOption(stray);
    if (this.args.length > this.registeredArguments.length)
      this.error(`unexpected word '${this.args[0]}' (Did you mean ${option.long} ${this.args[0]}?)`);
    this.error(`required option '${option.flags}' not specified`);
  }

  unknownOption(flag: string): void {
    const name = flag.replace(/=.*$/, "");
    const known = this.createHelp()
      .visibleOptions(this)
      .flatMap(({ long }) => long ?? []);
    const similar =
      name.length === 2
        ? known.find((long) => long[2] === name[1])
        : mostSimilar(`--${name.replace(/^-+/, "")}`, known);
    const inCommand =
      this.parent === null &&
      !similar &&
      this.commands.some(({ options }) => options.some(({ long }) => long === name));
    const hint = inCommand ? "; it stands behind the command" : similar ? ` (Did you mean ${similar}?)` : "";
    this.error(`unknown option '${name}'${hint}`);
  }

  _excessArguments(words: readonly string[]): void {
    const word = words[this.registeredArguments.length];
    const isFile = this.options.some(({ long }) => long === "--config") && /\.toml$/.test(word!);
    this.error(`unexpected word '${word}'${isFile ? ` (Did you mean --config ${word}?)` : ""}`);
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
