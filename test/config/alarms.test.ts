import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { passwordFileProblems, readPasswordFiles } from "../../src/config/password-file.ts";
import { problemLine } from "../../src/config/problem.ts";
import { problemsOf, SMALL } from "./small.ts";

const withAlarms = (lines: string): string => `${SMALL}\n[alarms]\n${lines}\n`;

test("a routing key has one source, and is doubted without a receiver, as a receiver without a key", () => {
  const url = 'url = "https://events.example/v2/enqueue"';
  const warningsOf = (lines: string): string[] => {
    const loaded = loadConfig(withAlarms(lines), "file.toml");
    const all = loaded.config === undefined ? [] : loaded.warnings.map(problemLine);
    return all.filter((line) => line.startsWith("alarms"));
  };
  expect(warningsOf(`${url}\nroutingKey = "R1"`)).toEqual([]);
  expect(warningsOf(url)).toEqual([
    "alarms.url: there is no routing key beside it: PagerDuty takes no event without one",
  ]);
  expect(warningsOf('routingKey = "R1"')).toEqual([
    "alarms.url: there is a routing key but no url: no alarm is sent with it",
  ]);
  expect(problemsOf(withAlarms(`${url}\nroutingKey = "R1"\nroutingKeyFile = "./key"`))).toEqual([
    "alarms.routingKeyFile: expected either this or routingKey, got both",
  ]);
});

test("a routing key is never part of a message, and an address has no user", () => {
  const [problem] = problemsOf(withAlarms('url = "http://a/b"\nroutingKey = "se cret"'));
  expect(problem).toBe(
    "alarms.routingKey: expected 1 to 256 printable ASCII characters without spaces, got something else",
  );
  expect(problemsOf(withAlarms('url = "http://me:word@host/"\nroutingKey = "R"'))[0]).toStartWith(
    'alarms.url: expected "https://host/path" or',
  );
});

test("percentages of limits ascend, and alarms have known names", () => {
  expect(problemsOf(withAlarms("limitPercents = [70, 90, 80]"))).toEqual([
    "alarms.limitPercents[2]: expected more than the percentage before it (90), got 80",
  ]);
  expect(problemsOf(withAlarms('off = ["stalls", "nothing"]'))[0]).toStartWith("alarms.off[1]: expected");
});

test("the routing key comes from its file when the gateway starts", () => {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-key-"));
  const file = join(dir, "key");
  const text = withAlarms(`url = "https://host/x"\nroutingKeyFile = ${JSON.stringify(file)}`);
  const config = loadConfig(text, "file.toml").config!;
  expect(passwordFileProblems(config)[0]!.where).toBe("alarms.routingKeyFile");
  expect(() => readPasswordFiles(config)).toThrow("alarms.routingKeyFile: ");
  writeFileSync(file, "R1234\n");
  expect(passwordFileProblems(config)).toEqual([]);
  readPasswordFiles(config);
  expect(config.alarms.routingKey).toBe("R1234");
  rmSync(dir, { recursive: true });
});
