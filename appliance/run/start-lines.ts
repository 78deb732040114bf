import { resolve } from "node:path";
import type { Log } from "../../src/base/log.ts";
import { addressText } from "../../src/config/address.ts";
import type { DropCopySession } from "../../src/config/drop-copy.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { sinceText } from "../../src/recovery/kill-switch.ts";
import { versionText } from "../commands/version.ts";

/** Names in one line; the rest are counted. */
const NAMED = 20;

/** Logs what runs here, before it starts. */
export function logVersion(log: Log, configFile: string, dataDir: string): void {
  log.info(`${versionText()}; configuration ${resolve(configFile)}; data ${resolve(dataDir)}`);
}

/** Logs what a started gateway serves, with which limits. */
export function logStart(log: Log, config: GatewayConfig, gateway: Pick<Gateway, "ports" | "counters">): void {
  const ports = gateway.ports();
  logListens(log.of("client side"), config.client, ports.client, ports.clientTls);
  const sessions = Object.entries(config.client.sessions).map(
    ([name, { version, accounts }]) => `${name} (${version}; ${listed(accounts)})`,
  );
  log.of("client side").info(counted(sessions, "session"));
  const venues = Object.entries(config.venues).map(([name, { version, address }]) => {
    return `${name} (${version}; ${address.map(addressText).join(", ")})`;
  });
  log.of("venue side").info(counted(venues, "venue"));
  if (config.dropCopy !== null) {
    logListens(log.of("drop copy"), config.dropCopy, ports.dropCopy, ports.dropCopyTls);
    log.of("drop copy").info(counted(Object.entries(config.dropCopy.sessions).map(copyLine), "session"));
  }
  logListens(log.of("operator"), { listen: [], tls: config.admin.tls }, [], ports.adminTls);
  if (config.exchange !== null)
    log.of("built-in exchange").info(`listens on ${bound(config.exchange.listen, ports.exchange)}`);
  log.of("limits").info(counted(Object.keys(config.risk.accounts), "account"));
  log.of("limits").info(counted(Object.keys(config.symbols), "symbol"));
  const killSwitch = log.of("kill switch");
  const { killSwitch: engaged, killSwitchSinceUs = 0 } = gateway.counters();
  if (engaged === 0) killSwitch.info("not engaged");
  else
    killSwitch.warning(
      `ENGAGED ${killSwitchSinceUs === 0 && config.risk.kill ? "by risk.kill of the configuration" : `before this start${sinceText(killSwitchSinceUs)}`}: new orders and replaces are refused, cancels pass; SIGUSR2 releases it`,
    );
}

/** A drop copy session with its filter, such as `RISK (FIX.4.4; of all sessions and accounts)`. */
function copyLine([name, { version, sessions, accounts }]: [string, DropCopySession]): string {
  if (sessions === undefined && accounts === undefined) return `${name} (${version}; of all sessions and accounts)`;
  const parts = [
    ...(sessions === undefined ? [] : [`sessions ${listed(sessions)}`]),
    ...(accounts === undefined ? [] : [`accounts ${listed(accounts)}`]),
  ];
  return `${name} (${version}; of ${parts.join("; ")})`;
}

function logListens(
  log: Log,
  { listen, tls }: Pick<GatewayConfig["client"], "listen" | "tls">,
  plain: readonly number[],
  secure: readonly number[],
): void {
  if (listen.length > 0) log.info(`listens on ${bound(listen, plain)}`);
  if (tls !== null) log.info(`listens with TLS on ${bound(tls.listen, secure)}`);
}

/** Addresses with the ports that the kernel gave. */
function bound(addresses: GatewayConfig["client"]["listen"], ports: readonly number[]): string {
  return addresses.map(({ host, port }, i) => addressText({ host, port: ports[i] ?? port })).join(", ");
}

/** How many there are, and the first of them. */
function counted(names: readonly string[], noun: string): string {
  return `${names.length.toLocaleString("en")} ${noun}${names.length === 1 ? "" : "s"}: ${listed(names)}`;
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? `, and ${(names.length - NAMED).toLocaleString("en")} more` : "";
  return names.slice(0, NAMED).join(", ") + more;
}
