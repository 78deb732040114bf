import type { Command } from "commander";
import { wholeFrom } from "./whole-option.ts";

type MakeCommand = (parent: Command, nameAndArguments: string, summary: string) => Command;

/** The commands about the machine itself; `ended` is told each one's exit code. `entry` is what workers start from. */
export function boxCommands(
  program: Command,
  command: MakeCommand,
  entry: string,
  ended: (exitCode: number) => void,
): void {
  command(program, "doctor", "examine this machine: what costs latency or stops a start, why, and what to do")
    .option("--config <FILE>", "judge this configuration's CPUs, ports and data directory too")
    .option("--data <DIR>", "measure the disk of this directory, instead of gateway.data in the configuration")
    .option("--json", "print JSON")
    .usage("[--config FILE] [--data DIR] [--json]")
    .addHelpText("after", "\nIt changes nothing and needs no rights. Exit code 0, or 3 when a check failed.")
    .action(async (options: { config?: string; data?: string; json?: boolean }) => {
      const { doctor } = await import("../doctor/doctor.ts");
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
      const { tuneCommand } = await import("../tune/tune.ts");
      ended(tuneCommand(options));
    });

  command(program, "soak", "measure how quiet a lane's CPU is: a busy loop, its gaps, and what caused them")
    .requiredOption("--seconds <N>", "how long", wholeFrom(1, 86_400))
    .option(
      "--cpu <N>",
      "the CPU; else the first lane's of the configuration, an isolated one, the last",
      wholeFrom(0, 8191),
    )
    .option("--config <FILE>", "take the CPU from this configuration")
    .option("--threshold <US>", "look for the cause of gaps from so many microseconds", wholeFrom(1, 1_000_000))
    .option("--json", "print JSON")
    .usage("--seconds N [--cpu N] [--config FILE] [--threshold US] [--json]")
    .action(async ({ threshold, ...options }: SoakWords) => {
      const { soak } = await import("../soak/soak.ts");
      ended(await soak({ ...options, ...(threshold === undefined ? {} : { thresholdUs: threshold }), entry }));
    });

  command(program, "stalls", "show why and for how long a gateway's lanes stood still, while it runs or after")
    .option("--config <FILE>", "the configuration whose gateway.data is looked into")
    .option("--data <DIR>", "the data directory, instead of gateway.data in the configuration")
    .option("--last <N>", "how many of the last stalls are listed", wholeFrom(0, 100_000), 20)
    .option("--json", "print the whole record as JSON")
    .usage("[--config FILE] [--data DIR] [--last N] [--json]")
    .action(async (options: { config?: string; data?: string; last: number; json?: boolean }) => {
      const { stallsCommand } = await import("../stalls/stalls.ts");
      ended(stallsCommand(options));
    });
}

interface SoakWords {
  seconds: number;
  cpu?: number;
  config?: string;
  threshold?: number;
  json?: boolean;
}
