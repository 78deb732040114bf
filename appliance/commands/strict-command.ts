import { Command, type HelpContext } from "commander";

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
