import type { Box } from "./box.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

const SOURCE = "/sys/devices/system/clocksource/clocksource0";
/** Clock sources that are read without a system call. */
const FAST = ["tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page"];
/** RTS 25 (2017/574): how far the clock may be from UTC, for high-frequency and for other electronic trading. */
const HIGH_FREQUENCY_US = 100;
const ELECTRONIC_US = 1_000;

export function clockSource({ files }: Box): Finding {
  const subject = clock("clock source", "every turn of a lane reads the clock: 25 ns from the CPU, 1 µs from a device");
  const source = files.read(`${SOURCE}/current_clocksource`);
  if (source === undefined) return notApplicable(subject, "the kernel does not report it");
  if (FAST.includes(source)) return ok(subject, source);
  const others = files.read(`${SOURCE}/available_clocksource`) ?? "";
  const remedy = others.split(" ").includes("tsc")
    ? `Write tsc to ${SOURCE}/current_clocksource, or boot with clocksource=tsc tsc=reliable.`
    : `The kernel found the CPU's counter unusable (available: ${others}); its log says why.`;
  return fail(subject, source, remedy);
}

export function synchronisation({ timeSync }: Box): Finding {
  const subject = clock("clock synchronisation", "a clock that no program steers drifts by seconds a week");
  if (timeSync === null) return notApplicable(subject, "adjtimex is not permitted here");
  if (timeSync.synchronised) return ok(subject, "a program steers the clock");
  const remedy = "Run chrony (with rtcsync) or ptp4l with phc2sys; in a virtual machine against the host's PTP clock.";
  return fail(subject, "the kernel calls its clock unsynchronised", remedy);
}

export function utcOffset({ timeSync }: Box): Finding {
  const subject = clock(
    "UTC offset",
    `RTS 25 allows ${HIGH_FREQUENCY_US} µs to high-frequency trading and ${ELECTRONIC_US} µs to other electronic trading`,
  );
  if (timeSync === null) return notApplicable(subject, "adjtimex is not permitted here");
  if (!timeSync.synchronised) return notApplicable(subject, "unknown: no program steers the clock");
  const { offsetUs, estimatedErrorUs, maxErrorUs } = timeSync;
  const likelyUs = Math.max(Math.abs(offsetUs), estimatedErrorUs);
  const seen = `about ${us(likelyUs)}, at most ${us(Math.max(maxErrorUs, likelyUs))}`;
  const remedy = "A nearer or better source of time: PTP with a card that stamps packets, or GPS.";
  if (likelyUs > ELECTRONIC_US) return fail(subject, `${seen}: beyond both bounds`, remedy);
  if (likelyUs > HIGH_FREQUENCY_US) return warn(subject, `${seen}: beyond ${HIGH_FREQUENCY_US} µs`, remedy);
  if (maxErrorUs > HIGH_FREQUENCY_US)
    return warn(subject, `${seen}: within ${HIGH_FREQUENCY_US} µs, but not proven`, remedy);
  return ok(subject, seen);
}

function us(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US")} µs`;
}

function clock(name: string, why: string): Subject {
  return { name, theme: "clock", why };
}

export const clockChecks = [clockSource, synchronisation, utcOffset];
