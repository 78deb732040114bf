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
}
