import { command } from "./command.ts";
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
  page: "upgrades",
  run: () => {
    console.log(versionText());
    return 0;
  },
});
