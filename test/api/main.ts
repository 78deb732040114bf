// Fuzzes the API by its own OpenAPI document: schemathesis (PyPI) makes requests, right and wrong ones, for every path. Fails when an
// answer is a fault (5xx), not as the document says, or takes what the document refuses; and when the gateway's log has a fault.
// SCHEMATHESIS names the executable; `--examples N` requests for each path (20).
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { freePort, Gateway } from "../e2e/gateway.ts";
import { deadline } from "../eventually.ts";

const TOKEN = "of-the-fuzzer";
const WITHIN_MS = 600_000;
/** Paths whose answers never end, or end the gateway; tests of their own have them. */
const LEFT_OUT = "^/(v1/events|v1/journal/stream|v1/collections/stream|v1/system/drain|v1/day/.*|v1/profiles.*)$";
/** A right request may meet what does not exist or can't be done now; other methods are answered as other paths. */
const UNCHECKED =
  "positive_data_acceptance,unsupported_method,allow_header_conformance,missing_required_header,ignored_auth";
const FAULTS = /a request failed|an answer is not as|ERROR/;

const { values } = parseArgs({ options: { examples: { type: "string", default: "20" } } });
const port = freePort();
const hash = createHash("sha256").update(TOKEN).digest("hex");
const gateway = new Gateway({
  tables: `[admin]\nlisten = "127.0.0.1:${port}"\nrequestsPerSecond = 10_000\n[admin.tokens.fuzzer]\nhash = "sha256:${hash}"\nrole = "admin"`,
});
try {
  await gateway.start();
  const command = [
    process.env.SCHEMATHESIS ?? "schemathesis",
    ...["run", `http://127.0.0.1:${port}/openapi.json`, "--url", `http://127.0.0.1:${port}`],
    ...["--header", `Authorization: Bearer ${TOKEN}`, "--exclude-path-regex", LEFT_OUT, "--exclude-checks", UNCHECKED],
    ...[
      "--phases",
      "examples,coverage,fuzzing",
      "--max-examples",
      values.examples,
      "--seed",
      "1",
      "--request-timeout",
      "20",
    ],
    ...["--continue-on-failure", "--generation-database", "none", "--warnings", "off"],
  ];
  const child = Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] });
  using _bound = deadline(WITHIN_MS, () => child.kill());
  const code = await child.exited;
  const fault = FAULTS.exec(gateway.log)?.[0];
  if (fault !== undefined) console.error(`the gateway's log has "${fault}":\n${gateway.log.slice(-5_000)}`);
  const alive = gateway.isRunning;
  if (!alive) console.error(`the gateway ended:\n${gateway.log.slice(-5_000)}`);
  process.exitCode = code === 0 && fault === undefined && alive && (await gateway.stop()) === 0 ? 0 : 1;
} finally {
  await gateway.remove();
}
