import { command, converted, flag, text } from "./command.ts";
import { sha256 } from "./option-values.ts";

const page = "upgrades";
const machine = {
  root: text("DIR", "work on the machine whose root directory this is; nothing is started there"),
  systemctl: text("FILE", "program that accepts systemctl's arguments, instead of systemd's; also with --root"),
};
const live = {
  config: text("FILE", "live configuration, instead of /etc/sallyport/gateway.toml"),
  data: text("DIR", "live journal, instead of /var/lib/sallyport"),
};

export const install = command({
  name: "install",
  summary: "install this executable, its units, kernel settings and an example configuration",
  options: {
    root: machine.root,
    dryRun: flag("print what would be written, and write nothing"),
    systemctl: machine.systemctl,
  },
  notes: [
    "It prints the differences before it writes, and may be repeated at any time. A file that was edited is kept; the",
    "new version's file is then written beside it as FILE.new.",
  ],
  page: "installation",
  run: async (options) => {
    const { installCommand } = await import("../install/install.ts");
    return installCommand(options);
  },
});

export const uninstall = command({
  name: "uninstall",
  summary: "remove what install wrote; data, journal and configuration stay",
  options: {
    root: machine.root,
    dryRun: flag("print what would be removed, and remove nothing"),
    systemctl: machine.systemctl,
  },
  page: "installation",
  run: async (options) => {
    const { uninstallCommand } = await import("../install/uninstall.ts");
    return uninstallCommand(options);
  },
});

export const upgrade = command({
  name: "upgrade",
  arguments: ["FILE"],
  summary: "replace the running executable with FILE; restore the old one if the new one fails",
  options: {
    sha256: converted("HEX", "checksum of FILE, instead of FILE.sha256", sha256),
    oneWay: flag("also where FILE writes a journal that the current version can't read"),
    ...live,
    ...machine,
  },
  notes: [
    "FILE.sig is its signature where the configuration has upgrade.publicKey. Exit code 0: it runs; 1: refused, nothing",
    "changed; 4: it failed and the previous version runs again; 5: the previous version does not start either; 6: it",
    "failed and stays current, as the previous version can't read what it has written.",
  ],
  page,
  run: async (options, { arguments: [file], entry }) => {
    const { upgradeCommand } = await import("../upgrade/upgrade.ts");
    return upgradeCommand(file!, { ...options, entry });
  },
});

export const rollback = command({
  name: "rollback",
  summary: "go back to the previous version, or undo an interrupted upgrade",
  options: {
    unfinished: flag("only undo an interrupted upgrade; do nothing where there was none"),
    ...live,
    ...machine,
  },
  notes: ["Exit codes are those of upgrade."],
  page,
  run: async (options, { entry }) => {
    const { rollbackCommand } = await import("../upgrade/upgrade.ts");
    return rollbackCommand({ ...options, entry });
  },
});

/** upgrade and rollback start this as a separate process, which survives them. */
export const finishUpgrade = command({
  name: "finish-upgrade",
  summary: "finish an upgrade that has begun; upgrade and rollback do this by themselves",
  options: machine,
  page: "operation",
  internal: true,
  run: async (options) => {
    const { finishCommand } = await import("../upgrade/upgrade.ts");
    return finishCommand(options);
  },
});
