import { command } from "./command.ts";
import { versionText } from "./version.ts";

export const version = command({
  name: "version",
  summary: "print the version",
  page: "upgrades",
  run: () => {
    console.log(versionText());
    return 0;
  },
});
