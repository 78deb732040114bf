import { parseCpuList } from "../../ffi/thread.ts";
import { addressText } from "../../src/config/address.ts";
import { listenersOf } from "../../src/config/listeners.ts";
import type { Box } from "./box.ts";
import { cards, cpuListText, type Files, interruptCpus, interruptsOf, isolated } from "./files.ts";
import { type Finding, notApplicable, ok, type Subject, warn } from "./finding.ts";

const NO_LANE = "no lane has its own CPU";

export function interruptAffinity({ files, laneCpus }: Box): Finding {
  const subject = network("IRQ affinity", "each packet's interrupt on a lane's CPU interrupts the lane");
  const found = cards(files).map((card) => ({ card, interrupts: interruptsOf(files, card) }));
  const count = found.reduce((sum, { interrupts }) => sum + interrupts.length, 0);
  if (count === 0) return notApplicable(subject, "no network card with its own interrupts was found");
  if (laneCpus.length === 0) return notApplicable(subject, NO_LANE);
  const meeting = found
    .map(({ card, interrupts }) => ({
      card,
      on: interrupts.filter((one) => interruptCpus(files, one).some((cpu) => laneCpus.includes(cpu))),
    }))
    .filter(({ on }) => on.length > 0);
  if (meeting.length === 0) return ok(subject, `${count} interrupts, none on CPU ${cpuListText(laneCpus)}`);
  const seen = meeting.map(({ card, on }) => `${card}: ${cpuListText(on)}`).join("; ");
  return warn(subject, `may come to CPU ${cpuListText(laneCpus)}: ${seen}`, "`sallyport tune` moves them away.");
}

export function interruptBalancer({ files, laneCpus }: Box): Finding {
  const subject = network("irqbalance", "it moves interrupts every ten seconds, back to lanes' CPUs too");
  const runs = files
    .list("/proc")
    .some((name) => /^\d+$/.test(name) && files.read(`/proc/${name}/comm`) === "irqbalance");
  if (!runs) return ok(subject, "does not run");
  if (laneCpus.length === 0) return notApplicable(subject, `runs, but ${NO_LANE}`);
  // irqbalance never uses isolated CPUs.
  const spared = [...isolated(files), ...bannedCpus(files)];
  const open = laneCpus.filter((cpu) => !spared.includes(cpu));
  if (open.length === 0) return ok(subject, "runs, and spares lanes' CPUs");
  const remedy = `Stop it, or set IRQBALANCE_BANNED_CPULIST=${cpuListText(laneCpus)} in /etc/default/irqbalance.`;
  return warn(subject, `runs, and may use CPU ${cpuListText(open)}`, remedy);
}

function bannedCpus(files: Files): number[] {
  return ["/etc/default/irqbalance", "/etc/sysconfig/irqbalance"].flatMap((path) => {
    const match = /^IRQBALANCE_BANNED_CPULIST=["']?([0-9,-]+)/m.exec(files.read(path) ?? "");
    return match === null ? [] : parseCpuList(match[1]!);
  });
}

export function listenPorts({ files, config, isRunning = false }: Box): Finding {
  const subject = network("ports", "a port that another program holds stops the gateway's start");
  if (config === null) return notApplicable(subject, "no configuration was given");
  const wanted = listenersOf(config)
    .flatMap(({ addresses }) => addresses)
    .filter(({ port }) => port !== 0);
  const held = listening(files);
  const taken = wanted.filter(({ port }) => held.has(port));
  // A gateway that runs holds its own.
  if (taken.length > 0 && !isRunning) {
    const remedy = "Nothing to do if the gateway runs; otherwise `ss -ltnp` shows the program.";
    return warn(subject, `taken: ${taken.map(addressText).join(" ")}`, remedy);
  }
  const [lowest = 0, highest = 0] = (files.read("/proc/sys/net/ipv4/ip_local_port_range") ?? "")
    .split(/\s+/)
    .map(Number);
  const reserved = parseCpuList(files.read("/proc/sys/net/ipv4/ip_local_reserved_ports") ?? "");
  const lent = wanted.filter(({ port }) => port >= lowest && port <= highest && !reserved.includes(port));
  const state = isRunning ? "listened on" : "free";
  if (lent.length === 0) return ok(subject, `${state}: ${wanted.map(addressText).join(" ")}`);
  return warn(
    subject,
    `${lent.map(addressText).join(" ")} may be given to any connection that goes out (${lowest} to ${highest})`,
    `Set net.ipv4.ip_local_reserved_ports = ${lent.map(({ port }) => port).join(",")}, or use lower ports.`,
  );
}

/** Ports that some socket of this machine listens on. */
function listening(files: Files): Set<number> {
  const ports = new Set<number>();
  for (const path of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (files.read(path) ?? "").split("\n").slice(1)) {
      const [, local = "", , state] = line.trim().split(/\s+/);
      if (state === "0A") ports.add(Number.parseInt(local.split(":")[1] ?? "", 16));
    }
  }
  return ports;
}

function network(name: string, why: string): Subject {
  return { name, theme: "network", why };
}

export const networkChecks = [interruptAffinity, interruptBalancer, listenPorts];
