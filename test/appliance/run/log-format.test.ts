import { expect, test } from "bun:test";
import { fstatSync } from "node:fs";
import { automaticFormat, LOG_FORMATS, logLine } from "../../../appliance/run/log-format.ts";

const TIME = new Date("2026-12-01T03:57:12.345Z");

test("text: time, level and who in columns", () => {
  const line = (level: "info" | "warning" | "alarm" | "error") => logLine("text", TIME, level, "client ALICE", "is on");
  expect([line("info"), line("warning"), line("alarm"), line("error")]).toEqual([
    "2026-12-01T03:57:12.345Z INFO  client ALICE: is on",
    "2026-12-01T03:57:12.345Z WARN  client ALICE: is on",
    "2026-12-01T03:57:12.345Z ALARM client ALICE: is on",
    "2026-12-01T03:57:12.345Z ERROR client ALICE: is on",
  ]);
});

test("json: one object with the same parts", () => {
  expect(JSON.parse(logLine("json", TIME, "alarm", "journal", 'the "disk" is full'))).toEqual({
    time: "2026-12-01T03:57:12.345Z",
    level: "alarm",
    who: "journal",
    what: 'the "disk" is full',
  });
});

test("journald: a priority and no time; an alarm keeps its name", () => {
  expect(logLine("journald", TIME, "info", "venue SIM", "up")).toBe("<6>venue SIM: up");
  expect(logLine("journald", TIME, "warning", "venue SIM", "down")).toBe("<4>venue SIM: down");
  expect(logLine("journald", TIME, "error", "gateway", "broken")).toBe("<3>gateway: broken");
  expect(logLine("journald", TIME, "alarm", "journal", "full")).toBe("<1>alarm: journal: full");
});

test.each([...LOG_FORMATS])("%s: what a peer sent stays one line without control characters", (format) => {
  const line = logLine(format, TIME, "info", "client A\nB", "said \r\n<0>fake\x1b[2J\x00\u009b\u2028 end");
  expect(line.split(/[\r\n\u2028]/).length).toBe(1);
  expect(line).not.toMatch(/[\0-\x1f]/);
  const said = format === "json" ? JSON.parse(line).what : line;
  if (format === "json") expect(said).toBe("said \r\n<0>fake\x1b[2J\x00\u009b\u2028 end");
  else expect(said).toEndWith("client A\\nB: said \\u000d\\n<0>fake\\u001b[2J\\u0000\\u009b\\u2028 end");
});

test("journald where JOURNAL_STREAM names the error output, else text", () => {
  const { dev, ino } = fstatSync(2);
  expect(automaticFormat({})).toBe("text");
  expect(automaticFormat({ JOURNAL_STREAM: `${dev}:${ino}` })).toBe("journald");
  expect(automaticFormat({ JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe("text");
});
