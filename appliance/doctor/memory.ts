import type { Box } from "./box.ts";
import { SETTINGS, type Setting, satisfies, settingPath } from "./drop-in.ts";
import { cards, chosen, cpuListText, cpuSet, type Files } from "./files.ts";
import { type Finding, notApplicable, ok, type Subject, warn } from "./finding.ts";

const PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";
const NODES = "/sys/devices/system/node";

export function transparentHugePages({ files }: Pick<Box, "files" | "laneCpus">): Finding {
  const subject = memory("transparent huge pages", "set to always, the kernel joins pages at any time");
  const text = files.read(PAGES);
  if (text === undefined) return notApplicable(subject, "the kernel has none");
  const choice = chosen(text);
  if (choice !== "always") return ok(subject, choice);
  return warn(subject, choice, "`sallyport tune` sets madvise; transparent_hugepage=madvise at boot makes it last.");
}

export function hugePages({ files }: Box): Finding {
  const subject = memory("huge pages", "Sallyport asks for transparent ones; pages reserved at boot are lost to it");
  const text = files.read("/proc/meminfo") ?? "";
  const total = number(/^HugePages_Total:\s+(\d+)/m.exec(text)?.[1]);
  const free = number(/^HugePages_Free:\s+(\d+)/m.exec(text)?.[1]);
  if (Number.isNaN(total)) return notApplicable(subject, "the kernel has none");
  if (total === 0) return ok(subject, "none reserved");
  const seen = `${total} reserved, ${free} of them unused`;
  if (free === 0) return ok(subject, seen);
  return warn(subject, seen, "Reserve none (vm.nr_hugepages = 0), unless another program here uses them.");
}

export function numaPlacement({ files, laneCpus }: Box): Finding {
  const subject = memory("NUMA placement", "memory and card on another node cost each access about 100 ns more");
  const nodes = cpuSet(files, `${NODES}/online`);
  if (nodes === undefined) return notApplicable(subject, "the kernel knows no nodes");
  if (nodes.length < 2) return ok(subject, "one node");
  if (laneCpus.length === 0) return notApplicable(subject, "no lane has its own CPU");
  const cpusOf = (node: number): readonly number[] => cpuSet(files, `${NODES}/node${node}/cpulist`) ?? [];
  const lanes = nodes.filter((node) => cpusOf(node).some((cpu) => laneCpus.includes(cpu)));
  const cardNodes = new Map(cards(files).map((card) => [card, cardNode(files, card)]));
  const known = [...new Set(cardNodes.values())].filter((node) => node >= 0);
  const where = known.length === 1 ? `CPU ${cpuListText(cpusOf(known[0]!))}, those` : "the CPUs";
  const remedy = `Place all lanes on ${where} of the card's node (its cpulist in /sys/devices/system/node).`;
  if (lanes.length > 1) return warn(subject, `lanes on nodes ${cpuListText(lanes)}`, remedy);
  const away = [...cardNodes].filter(([, node]) => node >= 0 && !lanes.includes(node)).map(([card]) => card);
  if (away.length > 0) return warn(subject, `lanes on node ${lanes[0]}, ${away.join(" ")} on another`, remedy);
  return ok(subject, `lanes and cards on node ${lanes[0]}`);
}

/** NUMA node of a card. A virtual card's device has none, its parent bus has. NaN when the kernel does not report it. */
function cardNode(files: Files, card: string): number {
  const device = `/sys/class/net/${card}/device`;
  return number(files.read(`${device}/numa_node`) ?? files.read(`${device}/../numa_node`));
}

/** One check for each key of the embedded drop-in. */
export const settingChecks = SETTINGS.map((setting) => (box: Box) => kernelSetting(setting, box));

export function kernelSetting(setting: Setting, { files }: Pick<Box, "files">): Finding {
  const subject = { name: setting.key, theme: "kernel settings", why: setting.why };
  const value = files.read(settingPath(setting.key))?.replace(/\s+/g, " ");
  if (value === undefined) return notApplicable(subject, "this kernel or container has no such key");
  if (satisfies(setting, value)) return ok(subject, value);
  const remedy = `Set ${setting.value}: \`sallyport tune\` for now, the drop-in 60-sallyport.conf for good.`;
  return warn(subject, value, remedy);
}

function number(text: string | undefined): number {
  return text === undefined ? Number.NaN : Number(text);
}

function memory(name: string, why: string): Subject {
  return { name, theme: "memory", why };
}

export const memoryChecks = [transparentHugePages, hugePages, numaPlacement];
