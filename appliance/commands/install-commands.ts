import { type Command, InvalidArgumentError } from "commander";

type MakeCommand = (parent: Command, nameAndArguments: string, summary: string) => Command;

interface InstallWords {
  root?: string;
  dryRun?: boolean;
  systemctl?: string;
}

/** The commands that bring the product to a machine and take it away; `ended` is told each one's exit code. */
export function installCommands(
  program: Command,
  command: MakeCommand,
  entry: string,
  ended: (exitCode: number) => void,
): void {
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
      const { installCommand } = await import("../install/install.ts");
      ended(await installCommand(options));
    });

  onMachine("uninstall", "remove what install wrote; data, journal and configuration stay")
    .option("--dry-run", "say what would be removed, and remove nothing")
    .usage("[--root DIR] [--dry-run] [--systemctl FILE]")
    .action(async (options: InstallWords) => {
      const { uninstallCommand } = await import("../install/uninstall.ts");
      ended(await uninstallCommand(options));
    });

  const switching = (nameAndArguments: string, summary: string): Command =>
    onMachine(nameAndArguments, summary)
      .option("--config <FILE>", "the live configuration, instead of /etc/sallyport/gateway.toml")
      .option("--data <DIR>", "the live journal, instead of /var/lib/sallyport");

  switching("upgrade <FILE>", "put another executable in the place of the running one; go back if it does not do")
    .option("--sha256 <HEX>", "its checksum, instead of FILE.sha256", sha256)
    .usage("[--sha256 HEX] [--config FILE] [--data DIR] [--root DIR] [--systemctl FILE] FILE")
    .addHelpText(
      "after",
      "\nFILE.sig is its signature where the configuration has upgrade.publicKey. Exit code 0: it runs; 1: refused, nothing\nchanged; 4: it did not do, the version before runs again; 5: nor does that one.",
    )
    .action(async (file: string, options: UpgradeWords) => {
      const { upgradeCommand } = await import("../upgrade/upgrade.ts");
      ended(await upgradeCommand(file, { ...options, entry }));
    });

  switching("rollback", "go back to the version before, or take back an upgrade that was interrupted")
    .option("--unfinished", "only take back an upgrade that was interrupted; do nothing where none was")
    .usage("[--unfinished] [--config FILE] [--data DIR] [--root DIR] [--systemctl FILE]")
    .addHelpText("after", "\nExit codes are those of upgrade.")
    .action(async (options: UpgradeWords) => {
      const { rollbackCommand } = await import("../upgrade/upgrade.ts");
      ended(await rollbackCommand({ ...options, entry }));
    });

  program
    .command("finish-upgrade", { hidden: true })
    .description("end an upgrade that has begun; upgrade and rollback do this by themselves")
    .option("--root <DIR>")
    .option("--systemctl <FILE>")
    .action(async (options: InstallWords) => {
      const { finishCommand } = await import("../upgrade/upgrade.ts");
      ended(await finishCommand(options));
    });
}

interface UpgradeWords extends Omit<InstallWords, "dryRun"> {
  config?: string;
  data?: string;
  sha256?: string;
  unfinished?: boolean;
}

function sha256(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text;
  throw new InvalidArgumentError("It must be the 64 hexadecimal digits that sha256sum prints");
}
