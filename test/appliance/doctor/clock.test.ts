import { expect, test } from "bun:test";
import * as clock from "../../../appliance/doctor/clock.ts";
import { box } from "./made-up.ts";

const SOURCE = "/sys/devices/system/clocksource/clocksource0";

test("a clock that is read through a device fails", () => {
  const source = (current: string, available = current) =>
    clock.clockSource(
      box({ [`${SOURCE}/current_clocksource`]: current, [`${SOURCE}/available_clocksource`]: available }),
    );
  expect([source("tsc").verdict, source("arch_sys_counter").verdict, source("kvm-clock").verdict]).toEqual([
    "ok",
    "ok",
    "ok",
  ]);
  expect(source("hpet", "tsc hpet acpi_pm")).toMatchObject({
    verdict: "fail",
    remedy: expect.stringContaining("Write tsc"),
  });
  expect(source("acpi_pm").remedy).toContain("unusable");
  expect(clock.clockSource(box({})).verdict).toBe("not applicable");
});

test("a clock that nobody steers fails", () => {
  const unsteered = { synchronised: false, offsetUs: 0, estimatedErrorUs: 16e6, maxErrorUs: 16e6 };
  expect(clock.synchronisation(box({}, { timeSync: unsteered })).verdict).toBe("fail");
  expect(clock.utcOffset(box({}, { timeSync: unsteered })).verdict).toBe("not applicable");
  expect(clock.synchronisation(box({}, { timeSync: { ...unsteered, synchronised: true } })).verdict).toBe("ok");
  expect(clock.synchronisation(box({})).verdict).toBe("not applicable");
  expect(clock.utcOffset(box({})).verdict).toBe("not applicable");
});

test.each([
  [3, 2, 80, "ok", "about 3.0 µs, at most 80 µs"],
  [-3, 40, 100, "ok", "about 40 µs, at most 100 µs"],
  [3, 2, 4000, "warn", "about 3.0 µs, at most 4,000 µs: within 100 µs, but not proven"],
  [-101, 2, 80, "warn", "about 101 µs, at most 101 µs: beyond 100 µs"],
  [0, 1000, 1000, "warn", "about 1,000 µs, at most 1,000 µs: beyond 100 µs"],
  [1001, 0, 2000, "fail", "about 1,001 µs, at most 2,000 µs: beyond both bounds"],
] as const)(
  "RTS 25's bounds: offset %d, estimate %d, at most %d: %s",
  (offsetUs, estimatedErrorUs, maxErrorUs, verdict, seen) => {
    const timeSync = { synchronised: true, offsetUs, estimatedErrorUs, maxErrorUs };
    expect(clock.utcOffset(box({}, { timeSync }))).toMatchObject({ verdict, seen });
  },
);
