import api from "./api.md" with { type: "text" };
import capacity from "./capacity.md" with { type: "text" };
import configuration from "./configuration.md" with { type: "text" };
import day from "./day.md" with { type: "text" };
import design from "./design.md" with { type: "text" };
import hosts from "./hosts.md" with { type: "text" };
import installation from "./installation.md" with { type: "text" };
import journal from "./journal.md" with { type: "text" };
import monitoring from "./monitoring.md" with { type: "text" };
import operation from "./operation.md" with { type: "text" };
import orders from "./orders.md" with { type: "text" };
import performance from "./performance.md" with { type: "text" };
import risk from "./risk.md" with { type: "text" };
import routing from "./routing.md" with { type: "text" };
import sessions from "./sessions.md" with { type: "text" };
import tls from "./tls.md" with { type: "text" };
import troubleshooting from "./troubleshooting.md" with { type: "text" };
import upgrades from "./upgrades.md" with { type: "text" };

/** The pages of the manual by name, in reading order. */
export const pages: Readonly<Record<string, string>> = {
  configuration,
  sessions,
  tls,
  orders,
  routing,
  risk,
  journal,
  operation,
  api,

  day,
  monitoring,
  installation,
  upgrades,
  hosts,
  performance,
  capacity,
  design,
  troubleshooting,
};

/** Heading of a page. */
export function titleOf(page: string): string {
  return /^# (.+)$/m.exec(page)![1]!;
}
