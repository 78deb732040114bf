import { expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { Views } from "../../src/base/views.ts";
import { ASKED, GATE_BYTES, PasswordGate, RIGHT, WRONG } from "../../src/client/password-gate.ts";
import { PasswordChecks } from "../../src/gateway/password-checks.ts";
import { SessionLocks } from "../../src/gateway/session-locks.ts";
import { keptLog } from "../log.ts";

const AT = 256;
const HASH = await Bun.password.hash("s3cret", { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });

function fixture() {
  const views = new Views(new SharedArrayBuffer(AT + GATE_BYTES));
  const gate = new PasswordGate(views, AT);
  const credentials = new Map([
    [3, { name: "THREE", username: "", passwordHash: HASH }],
    [4, { name: "FOUR", username: "me", passwordHash: HASH }],
    [5, { name: "FIVE", username: "", passwordHash: "$argon2id$nonsense" }],
  ]);
  const locks = new SessionLocks("/nonexistent", 0, keptLog([]));
  const checks = new PasswordChecks(views, [AT], credentials, locks);
  const ask = (session: number, name: string, password: string): number => {
    const bytes = ascii(name + password);
    return gate.askFor(session, bytes, 0, name.length, name.length, bytes.length);
  };
  return { views, gate, checks, ask };
}

test("answers come from the main thread: right, wrong, and wrong for what is not known", async () => {
  const { gate, checks, ask } = fixture();
  const slots = [
    ask(3, "", "s3cret"),
    ask(3, "", "s3cre"),
    ask(4, "me", "s3cret"),
    ask(4, "you", "s3cret"),
    ask(5, "", "s3cret"),
    ask(9, "", "s3cret"),
  ];
  expect(slots.map((slot) => gate.answer(slot))).toEqual(slots.map(() => ASKED));
  await checks.poll();
  expect(slots.map((slot) => gate.answer(slot))).toEqual([RIGHT, WRONG, RIGHT, WRONG, WRONG, WRONG]);
});

test("nothing of a password is left once it was taken", async () => {
  const { views, checks, ask } = fixture();
  ask(3, "", "s3cret");
  expect(Buffer.from(views.bytes).includes("s3cret")).toBe(true);
  await checks.poll();
  expect(Buffer.from(views.bytes).includes("s3cret")).toBe(false);
});

test("there are so many places, and those that nobody waits for come free with their answers", async () => {
  const { gate, checks, ask } = fixture();
  const slots: number[] = [];
  for (let slot = ask(3, "", "s3cret"); slot >= 0; slot = ask(3, "", "s3cret")) slots.push(slot);
  expect(slots).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  gate.abandon(2);
  expect(ask(3, "", "s3cret")).toBe(-1);
  await checks.poll();
  expect(ask(3, "", "s3cret")).toBe(2);
  expect(gate.answer(2)).toBe(ASKED);
});
