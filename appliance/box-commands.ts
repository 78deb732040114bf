import type { Command } from "commander";

type MakeCommand = (parent: Command, nameAndArguments: string, summary: string) => Command;

/** The commands about the machine itself; `ended` is told each one's exit code. */
export function boxCommands(program: Command, command: MakeCommand, ended: (exitCode: number) => void): void {
  command(program, "doctor", "examine this machine: what costs latency or stops a start, why, and what to do")
    .option("--config <FILE>", "judge this configuration's CPUs, ports and data directory too")
    .option("--data <DIR>", "measure the disk of this directory, instead of gateway.data in the configuration")
    .option("--json", "print JSON")
    .usage("[--config FILE] [--data DIR] [--json]")
    .addHelpText("after", "\nIt changes nothing and needs no rights. Exit code 0, or 3 when a check failed.")
    .action(async (options: { config?: string; data?: string; json?: boolean }) => {
      const { doctor } = await import("./doctor/doctor.ts");
      ended(doctor(options));
    });

  command(program, "tune", "set what doctor recommends and the running kernel lets be set")
    .option("--config <FILE>", "move interrupts and work queues off this configuration's CPUs; else off isolated ones")
    .option("--dry-run", "say what would be set, and write nothing")
    .option("--undo", "bring back what was there before")
    .option("--state <FILE>", "where it is recorded what was there before; else /var/lib/sallyport/tune.json")
    .option("--root <DIR>", "work on the proc and sys below this directory instead of the machine's")
    .usage("[--config FILE] [--dry-run] [--undo] [--state FILE] [--root DIR]")
    .addHelpText(
      "after",
      "\nIt needs root, and lasts until the next start. Exit code 0, or 3 when a write was refused.",
    )
    .action(async (options: { config?: string; dryRun?: boolean; undo?: boolean; state?: string; root?: string }) => {
      const { tuneCommand } = await import("./tune/tune.ts");
      ended(tuneCommand(options));
    });
}
