import type { Command } from "commander";

type MakeCommand = (parent: Command, nameAndArguments: string, summary: string) => Command;

interface InstallWords {
  root?: string;
  dryRun?: boolean;
  systemctl?: string;
}

/** The commands that bring the product to a machine and take it away; `ended` is told each one's exit code. */
export function installCommands(program: Command, command: MakeCommand, ended: (exitCode: number) => void): void {
  const onMachine = (nameAndArguments: string, summary: string): Command =>
    command(program, nameAndArguments, summary)
      .option("--root <DIR>", "work on the machine whose root directory this is; nothing is started there")
      .option("--systemctl <FILE>", "program that takes systemctl's words, instead of systemd's; also with --root");

  onMachine("install", "bring this executable, its units, settings and an example configuration to their places")
    .option("--dry-run", "say what would be written, and write nothing")
    .usage("[--root DIR] [--dry-run] [--systemctl FILE]")
    .addHelpText(
      "after",
      "\nIt shows the difference before it writes, and may be run again at any time. What was edited is kept; what came\nwith this version is then beside it as FILE.new.",
    )
    .action(async (options: InstallWords) => {
      const { installCommand } = await import("./install/install.ts");
      ended(await installCommand(options));
    });

  onMachine("uninstall", "remove what install wrote; data, journal and configuration stay")
    .option("--dry-run", "say what would be removed, and remove nothing")
    .usage("[--root DIR] [--dry-run] [--systemctl FILE]")
    .action(async (options: InstallWords) => {
      const { uninstallCommand } = await import("./install/uninstall.ts");
      ended(await uninstallCommand(options));
    });
}
