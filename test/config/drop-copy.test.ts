import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { changed, problemsOf } from "./small.ts";

const LISTEN = '[dropCopy]\nlisten = "127.0.0.1:9002"\n';
const withCopies = (sessions: string, more = ""): string =>
  changed("[risk]\n", `${LISTEN}${sessions}\n${more}\n[risk]\n`);

test.each<[sessions: string, ...problems: string[]]>([
  ["[dropCopy.sessions.RISK]\n"],
  ['[dropCopy.sessions.RISK]\naccounts = ["ACC1"]\nsessions = ["CLIENT"]\nversion = "FIX.4.4"\n'],
  [
    '[dropCopy.sessions.RISK]\naccounts = ["ACC2"]\nsessions = ["CLIANT"]\nschedule = "US"\n',
    'dropCopy.sessions.RISK.schedule: expected the name of a calendar in calendars, got "US"',
    'dropCopy.sessions.RISK.accounts[0]: expected the name of an account in risk.accounts, got "ACC2"; did you mean "ACC1"?',
    'dropCopy.sessions.RISK.sessions[0]: expected the name of a client session in client.sessions, got "CLIANT"; did you mean "CLIENT"?',
  ],
  [
    '[dropCopy.sessions.RISK]\nversion = "FIX.4.2"\n',
    "dropCopy.sessions.RISK.version: expected the version of the client sessions whose reports it gets, got FIX.4.2, and CLIENT has FIX.4.4: name in sessions those of one version",
  ],
  [
    "[dropCopy.sessions.CLIENT]\n",
    "dropCopy.sessions.CLIENT: expected another name: a client session in client.sessions has it",
  ],
  [
    '[dropCopy.sessions.A]\ncompId = "B"\n[dropCopy.sessions.B]\nusername = "b"\n',
    "dropCopy.sessions.B: expected unique CompIDs, got GATEWAY → B as in dropCopy.sessions.A",
    "dropCopy.sessions.B.passwordHash: missing; expected one beside username",
  ],
  [
    "[dropCopy.sessions.RISK]\nresetOnLogout = true\nresetOnDisconnect = true\n",
    "dropCopy.sessions.RISK.resetOnLogout: expected false, as a reset loses the copies that the client has not read, got true",
    "dropCopy.sessions.RISK.resetOnDisconnect: expected false, as a reset loses the copies that the client has not read, got true",
  ],
  [
    `[dropCopy.sessions.A]\nschedule = "DAY"\n[dropCopy.sessions.B]\nschedule = "NIGHT"\n[dropCopy.sessions.C]\nschedule = "KEEPS"\n${["DAY", "NIGHT", "KEEPS"].map((name) => `[calendars.${name}]\nzone = "UTC"\nopen = "09:00"\nclose = "17:00"\n${{ DAY: "", NIGHT: 'resetAt = "23:00"\n' }[name] ?? "resetAtOpen = false\n"}`).join("")}`,
    'dropCopy.sessions.A.schedule: expected a calendar with resetAtOpen = false and without resetAt, as a reset loses the copies that the client has not read, got "DAY" with resetAtOpen = true',
    'dropCopy.sessions.B.schedule: expected a calendar with resetAtOpen = false and without resetAt, as a reset loses the copies that the client has not read, got "NIGHT" with resetAtOpen = true and resetAt = "23:00"',
  ],
  [
    "",
    'dropCopy.sessions: missing; expected 1 to 256 tables with names of 1 to 32 printable ASCII characters without "="',
  ],
])("%s", (sessions, ...problems) => {
  expect(problemsOf(withCopies(sessions))).toEqual(problems);
});

test("its listener has a port of its own", () => {
  expect(problemsOf(withCopies("[dropCopy.sessions.RISK]").replace("9002", "9001"))).toEqual([
    'dropCopy.listen: expected an unused port, got "127.0.0.1:9001", which client.listen uses',
  ]);
});

test("the name of a table of dynamic sessions stands for all of them", () => {
  const text = withCopies('[dropCopy.sessions.RISK]\nsessions = ["CLIENT"]').replace(
    "[client.sessions.CLIENT]",
    "[client.sessions.CLIENT]\ndynamicSessions = 2",
  );
  expect(loadConfig(text, "file").config?.dropCopy?.sessions.RISK?.sessions).toEqual(["CLIENT.1", "CLIENT.2"]);
});
