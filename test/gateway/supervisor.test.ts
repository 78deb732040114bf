import { expect, test } from "bun:test";
import { type Part, Supervisor } from "../../src/gateway/supervisor.ts";

/** Parts that note in `notes` what is done with them; those in `broken` throw. */
function partsOf(names: string, notes: string[], broken = ""): Part[] {
  const act = (name: string, what: string) => async () => {
    notes.push(`${what} ${name}`);
    await Bun.sleep(1);
    if (broken === `${what} ${name}`) throw new Error(`cannot ${broken}`);
    notes.push(`${name} done`);
  };
  return [...names].map((name) => ({ name, start: act(name, "start"), stop: act(name, "stop") }));
}

test("parts start in their order and stop in reverse, each after the one before is done", async () => {
  const notes: string[] = [];
  const supervisor = new Supervisor(partsOf("abc", notes));
  await supervisor.start();
  expect(notes).toEqual(["start a", "a done", "start b", "b done", "start c", "c done"]);
  notes.length = 0;
  await supervisor.stop();
  expect(notes).toEqual(["stop c", "c done", "stop b", "b done", "stop a", "a done"]);
});

test("a second stop does nothing", async () => {
  const notes: string[] = [];
  const supervisor = new Supervisor(partsOf("ab", notes));
  await supervisor.start();
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  await supervisor.stop();
  expect(notes.filter((note) => note.startsWith("stop"))).toEqual(["stop b", "stop a"]);
});

test("a part without start or stop is passed over", async () => {
  const supervisor = new Supervisor([{ name: "a" }, { name: "b", stop: () => {} }]);
  await supervisor.start();
  await supervisor.stop();
  expect(supervisor.busyWith).toBe("");
});

test("a part that cannot start ends the start, and has nothing to stop", async () => {
  const notes: string[] = [];
  const supervisor = new Supervisor(partsOf("abc", notes, "start b"));
  await expect(supervisor.start()).rejects.toThrow("cannot start b");
  expect(supervisor.busyWith).toBe("b");
  await supervisor.stop();
  expect(notes).toEqual(["start a", "a done", "start b", "stop a", "a done"]);
});

test("a part that cannot stop keeps those below it running", async () => {
  const notes: string[] = [];
  const supervisor = new Supervisor(partsOf("abc", notes, "stop b"));
  await supervisor.start();
  await expect(supervisor.stop()).rejects.toThrow("cannot stop b");
  expect(supervisor.busyWith).toBe("b");
  expect(notes).not.toContain("stop a");
});

test("a start that is given up starts no further part, and stops none", async () => {
  const notes: string[] = [];
  const supervisor = new Supervisor(partsOf("abc", notes));
  const started = supervisor.start();
  supervisor.abandon();
  await started;
  await supervisor.stop();
  expect(notes).toEqual(["start a", "a done"]);
});
