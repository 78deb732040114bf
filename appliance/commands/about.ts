import { command, flag } from "./command.ts";
import { versionText } from "./version.ts";

export const manual = command({
  name: "manual",
  arguments: ["[PAGE]"],
  summary: "print a page of the manual, or the list of pages",
  page: "troubleshooting",
  run: async (_, { arguments: [page] }) => {
    const { manualCommand } = await import("../manual/manual.ts");
    return manualCommand(page);
  },
});

export const version = command({
  name: "version",
  summary: "print the version",
  options: { json: flag("as JSON, with the formats of journals and snapshots that it reads and writes") },
  page: "upgrades",
  run: async ({ json }) => {
    if (json !== true) console.log(versionText());
    else {
      const { versionJson } = await import("./version-json.ts");
      console.log(versionJson());
    }
    return 0;
  },
});

export const completion = command({
  name: "completion",
  arguments: ["SHELL"],
  summary: "print the completion of all commands and options for bash or zsh",
  notes: ["source <(sallyport completion bash), or put the output where your shell looks for completions."],
  page: "operation",
  run: async (_, { arguments: [shell], commands }) => {
    const { completionCommand } = await import("../completion/command.ts");
    return completionCommand(shell!, commands);
  },
});
