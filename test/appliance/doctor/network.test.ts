import { expect, test } from "bun:test";
import * as network from "../../../appliance/doctor/network.ts";
import { box, config } from "./made-up.ts";

const CARD = {
  "/sys/class/net/lo/mtu": 65536,
  "/sys/class/net/eth0/device/vendor": "0x8086",
  "/sys/class/net/eth0/device/msi_irqs/40": "msix",
  "/sys/class/net/eth0/device/msi_irqs/41": "msix",
  "/proc/irq/40/smp_affinity_list": "0",
  "/proc/irq/41/smp_affinity_list": "0-3",
};

test("a card's interrupts that may come to a lane's CPU are named", () => {
  expect(network.interruptAffinity(box(CARD, { laneCpus: [2] }))).toMatchObject({
    verdict: "warn",
    seen: "may come to CPU 2: eth0: 41",
  });
  const apart = { ...CARD, "/proc/irq/41/smp_affinity_list": "0-1" };
  expect(network.interruptAffinity(box(apart, { laneCpus: [2] })).verdict).toBe("ok");
  expect(network.interruptAffinity(box(CARD)).verdict).toBe("not applicable");
  expect(network.interruptAffinity(box({}, { laneCpus: [2] })).verdict).toBe("not applicable");
});

test("a virtual card's interrupts are those of the device above it", () => {
  const tree = {
    "/sys/class/net/eth0/device/vendor": "0x1af4",
    "/sys/class/net/eth0/device/../msi_irqs/38": "msix",
    "/proc/irq/38/smp_affinity_list": "2",
  };
  expect(network.interruptAffinity(box(tree, { laneCpus: [2] })).seen).toBe("may come to CPU 2: eth0: 38");
});

test("irqbalance is a flaw unless it spares lanes' CPUs", () => {
  const runs = { "/proc/77/comm": "irqbalance\n", "/proc/self/comm": "irqbalance" };
  const verdict = (tree: Record<string, string>, laneCpus = [2, 3]) =>
    network.interruptBalancer(box(tree, { laneCpus })).verdict;
  expect(verdict({ "/proc/77/comm": "bash" })).toBe("ok");
  expect(verdict(runs)).toBe("warn");
  expect(verdict(runs, [])).toBe("not applicable");
  expect(verdict({ ...runs, "/sys/devices/system/cpu/isolated": "2-3" })).toBe("ok");
  expect(verdict({ ...runs, "/etc/default/irqbalance": 'IRQBALANCE_BANNED_CPULIST="2-3"\n' })).toBe("ok");
  expect(verdict({ ...runs, "/etc/default/irqbalance": "#IRQBALANCE_BANNED_CPULIST=2-3\n" })).toBe("warn");
});

test("ports: taken ones, and such as the kernel lends to others", () => {
  const tcp = (port: string, state: string) =>
    `  sl  local_address rem_address   st\n   0: 0100007F:${port} 00000000:0000 ${state} 00000000`;
  const ports = (tree: Record<string, string>) => network.listenPorts(box(tree, { config: config() }));
  expect(ports({})).toMatchObject({ verdict: "ok", seen: "free: 127.0.0.1:9001" });
  expect(ports({ "/proc/net/tcp": tcp("2329", "0A") })).toMatchObject({
    verdict: "warn",
    seen: "taken: 127.0.0.1:9001",
  });
  expect(ports({ "/proc/net/tcp": tcp("2329", "01") }).verdict).toBe("ok");
  const range = { "/proc/sys/net/ipv4/ip_local_port_range": "9000\t65535" };
  expect(ports(range)).toMatchObject({ verdict: "warn", seen: expect.stringContaining("127.0.0.1:9001 may be given") });
  expect(ports({ ...range, "/proc/sys/net/ipv4/ip_local_reserved_ports": "9000-9100" }).verdict).toBe("ok");
  expect(network.listenPorts(box({})).verdict).toBe("not applicable");
});

test("ports: those of every side, with TLS and without", () => {
  const tls = (port: number) => `listen = "127.0.0.1:${port}"\ncertificate = "/c.pem"\nkey = "/c.key"\n`;
  const text = `[client.tls]\n${tls(9443)}[admin]\nlisten = "127.0.0.1:9180"\n[admin.tls]\n${tls(9444)}
[dropCopy]\nlisten = "127.0.0.1:9002"\n[dropCopy.sessions.RISK]\n[dropCopy.tls]\n${tls(9445)}`;
  const ports = network.listenPorts(box({}, { config: config(text) }));
  const all = [9001, 9443, 9002, 9445, 9180, 9444].map((port) => `127.0.0.1:${port}`);
  expect(ports.seen).toBe(`free: ${all.join(" ")}`);
});
