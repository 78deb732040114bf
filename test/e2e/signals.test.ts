import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

test("the unit starts the gateway again after any end that nobody asked for", () => {
  const unit = readFileSync(join(import.meta.dir, "../../systemd/sallyport.service"), "utf8");
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1];
  // systemd's table in systemd.service(5): only `always` covers SIGHUP, SIGTERM and SIGPIPE from outside, and a clean end.
  expect(value("Restart")).toBe("always");
  // Only bad usage, which no second start mends, and a drain.
  expect(value("RestartPreventExitStatus")).toBe("2 3");
  expect(value("SuccessExitStatus")).toBe("3");
  expect(value("OOMPolicy")).toBe("continue");
});
