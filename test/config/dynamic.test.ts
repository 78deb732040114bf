import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { changed, problemsOf } from "./small.ts";

const CLIENT = "[client.sessions.CLIENT]\n";

test("a table for dynamic sessions is one for each of them, with no CompID yet", () => {
  const { config } = loadConfig(changed(CLIENT, `${CLIENT}dynamicSessions = 3\n`), "file.toml");
  expect(Object.keys(config!.client.sessions)).toEqual(["CLIENT.1", "CLIENT.2", "CLIENT.3"]);
  expect(Object.values(config!.client.sessions).map((session) => [session.compId, session.accounts])).toEqual(
    new Array(3).fill(["", ["ACC1"]]),
  );
});

test("what does not go with it is said", () => {
  const more = (lines: string) => problemsOf(changed(CLIENT, `${CLIENT}dynamicSessions = 2\n${lines}`));
  expect(more('compId = "X"\n')).toEqual(["client.sessions.CLIENT.compId: expected none beside dynamicSessions"]);
  expect(more('accounts = ["ACC1"]\n[client.sessions.OTHER]\ndynamicSessions = 1\n')).toEqual([
    "client.sessions.OTHER: expected unique CompIDs, got any other → GATEWAY as in client.sessions.CLIENT",
  ]);
  expect(more('accounts = ["ACC1"]\n[client.sessions."CLIENT.2"]\n')).toEqual([
    'client.sessions."CLIENT.2": expected another name: dynamicSessions of CLIENT uses it',
  ]);
  const long = "C".repeat(31);
  expect(problemsOf(changed(CLIENT, `[client.sessions.${long}]\ndynamicSessions = 2\n`))).toEqual([
    `client.sessions.${long}.dynamicSessions: expected a shorter table name: ${long}.2 is too long for a session name`,
  ]);
});
