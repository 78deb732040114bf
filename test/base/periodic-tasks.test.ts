import { expect, test } from "bun:test";
import { Rounds } from "../../src/base/periodic-tasks.ts";

test("each is visited as often as it wants, at the times of the others", () => {
  const rounds = new Rounds();
  const seen: string[] = [];
  rounds.visit(500, () => seen.push("half"));
  rounds.visit(2_000, () => seen.push("two"));
  for (let i = 0; i < 4; i++) rounds.go();
  expect(seen).toEqual(["half", "half", "half", "half", "two"]);
});

test("more often than there are rounds is every round", () => {
  const rounds = new Rounds();
  let count = 0;
  rounds.visit(1, () => count++);
  rounds.go();
  rounds.go();
  expect(count).toBe(2);
});

test("who has enough is not visited any more, also when that is said in a round", () => {
  const rounds = new Rounds();
  let count = 0;
  const end = rounds.visit(500, () => {
    count++;
    end();
  });
  rounds.go();
  rounds.go();
  expect(count).toBe(1);
});

test("they go on by themselves until they are stopped", async () => {
  const rounds = new Rounds();
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  rounds.visit(500, () => ++count === 2 && resolve());
  rounds.start();
  // The rounds do not keep the process awake; this does.
  const awake = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(awake);
  rounds.stop();
  expect(count).toBe(2);
});
