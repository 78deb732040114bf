import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Gateway } from "./gateway.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

test("SIGHUP ends nothing: the log says what to do instead", async () => {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  const started = gateway.start();
  await gateway.said("no CPU is configured");
  gateway.signal("SIGHUP");
  await gateway.said(
    /WARN {2}gateway: SIGHUP: a running gateway does not read its configuration again; nothing has changed/,
  );
  await started;
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(`Check ${gateway.configFile} with sallyport check, then restart the gateway`, from);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

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
