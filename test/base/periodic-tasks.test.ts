import { expect, test } from "bun:test";
import { PeriodicTasks } from "../../src/base/periodic-tasks.ts";

test("each is visited as often as it wants, at the times of the others", () => {
  const periodicTasks = new PeriodicTasks();
  const seen: string[] = [];
  periodicTasks.every(500, () => seen.push("half"));
  periodicTasks.every(2_000, () => seen.push("two"));
  for (let i = 0; i < 4; i++) periodicTasks.tick();
  expect(seen).toEqual(["half", "half", "half", "half", "two"]);
});

test("more often than there are ticks is every tick", () => {
  const periodicTasks = new PeriodicTasks();
  let count = 0;
  periodicTasks.every(1, () => count++);
  periodicTasks.tick();
  periodicTasks.tick();
  expect(count).toBe(2);
});

test("who has enough is not visited any more, also when that is said in a tick", () => {
  const periodicTasks = new PeriodicTasks();
  let count = 0;
  const end = periodicTasks.every(500, () => {
    count++;
    end();
  });
  periodicTasks.tick();
  periodicTasks.tick();
  expect(count).toBe(1);
});

test("they go on by themselves until they are stopped", async () => {
  const periodicTasks = new PeriodicTasks();
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  periodicTasks.every(500, () => ++count === 2 && resolve());
  periodicTasks.start();
  // The ticks do not keep the process awake; this does.
  const awake = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(awake);
  periodicTasks.stop();
  expect(count).toBe(2);
});
