import { expect, test } from "bun:test";
import type { ActionQuestion } from "../../../src/audit/action.ts";
import { KillReasons } from "../../../src/gateway/operation/kill-reasons.ts";

const ACC1 = { kind: "account", name: "ACC1" } as const;
const FIRM = { kind: "firm", name: "" } as const;

function made(answer: (question: ActionQuestion) => Promise<string | null>) {
  const asked: ActionQuestion[] = [];
  const reasons = new KillReasons((question) => {
    asked.push(question);
    return answer(question);
  });
  return { reasons, asked };
}

test("a reason that was noted is that of its time alone, and the journal is not asked", () => {
  const { reasons, asked } = made(() => Promise.resolve(null));
  reasons.note(ACC1, 5, "halted");
  expect(reasons.of(ACC1, "alice", 5)).toBe("halted");
  expect(asked).toEqual([]);
  expect(reasons.of(ACC1, "alice", 6)).toBeNull();
  expect(asked).toHaveLength(1);
});

test("after a start it is looked for once, in the actions that set the kill switch of this scope", async () => {
  const { reasons, asked } = made(() => Promise.resolve("a drill"));
  expect(reasons.of({ kind: "session", name: "BOB" }, "alice", 7)).toBeNull();
  await Bun.sleep(0);
  expect(reasons.of({ kind: "session", name: "BOB" }, "alice", 7)).toBe("a drill");
  expect(asked).toEqual([
    {
      atUs: 7,
      who: "alice",
      about: [
        { action: "kill-switch.engage", target: "session:BOB" },
        { action: "kill-switch.engage-and-cancel", target: "session:BOB" },
        { action: "kill-switch.lift", target: "session:BOB" },
        { action: "session.state", target: "BOB" },
      ],
    },
  ]);
});

test("one question at a time; one that failed is asked again", async () => {
  let fails = true;
  const { reasons, asked } = made(() => (fails ? Promise.reject(new Error("busy")) : Promise.resolve(null)));
  reasons.of(ACC1, "alice", 1);
  reasons.of(FIRM, "alice", 2);
  expect(asked).toHaveLength(1);
  await Bun.sleep(0);
  fails = false;
  expect(reasons.of(ACC1, "alice", 1)).toBeNull();
  await Bun.sleep(0);
  // The journal has none: it is not asked again.
  expect(reasons.of(ACC1, "alice", 1)).toBeNull();
  expect(asked).toHaveLength(2);
});

test("nobody, and a signal, need no journal", () => {
  const { reasons, asked } = made(() => Promise.resolve("never"));
  expect(reasons.of(FIRM, "", 5)).toBeNull();
  expect(reasons.of(FIRM, "alice", 0)).toBeNull();
  expect(reasons.of(FIRM, "SIGUSR1", 5)).toBe("a signal to the process");
  expect(asked).toEqual([]);
});

test("an operator whose name is like that of a signal has a reason", () => {
  const { reasons } = made(() => Promise.resolve(null));
  reasons.note(FIRM, 5, "halted");
  expect(reasons.of(FIRM, "SIGMUND", 5)).toBe("halted");
});
