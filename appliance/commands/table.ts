import { ctlCommands } from "../ctl/rows.ts";
import * as about from "./about.ts";
import type { Command } from "./command.ts";
import * as configuration from "./configuration.ts";
import * as day from "./day.ts";
import * as gateway from "./gateway.ts";
import * as installation from "./installation.ts";
import * as journal from "./journal.ts";
import * as live from "./live.ts";
import * as machine from "./machine.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  gateway.run,
  gateway.demo,
  configuration.check,
  configuration.route,
  configuration.schedule,
  configuration.sequence,
  configuration.hashPassword,
  configuration.unlock,
  journal.journal,
  journal.print,
  journal.exportMessages,
  journal.order,
  journal.verify,
  journal.repair,
  ...ctlCommands(),
  live.top,
  live.profile,
  configuration.token,
  day.report,
  day.reconcile,
  machine.doctor,
  machine.tune,
  machine.soak,
  machine.stalls,
  installation.install,
  installation.uninstall,
  installation.upgrade,
  installation.rollback,
  configuration.example,
  about.manual,
  about.completion,
  about.version,
  gateway.snapshot,
  gateway.audit,
  installation.finishUpgrade,
];
