import { expect, test } from "bun:test";
import type { Principal } from "../../src/admin/access.ts";
import { type ActionKind, Actions, type Done } from "../../src/admin/actions.ts";
import { ApiFailure } from "../../src/admin/failure.ts";
import { Log } from "../../src/base/log.ts";
import { ActionParts, type ActionRecord, actionCommands } from "../../src/control/action-record.ts";

const LIFT: ActionKind = { name: "kill-switch.lift", role: "risk" };
const LOGOUT: ActionKind = { name: "session.logout", role: "operate" };
const ALICE: Principal = { name: "alice", role: "admin", from: "unix socket, uid 1, pid 2" };
const BOB: Principal = { name: "bob", role: "risk", from: "127.0.0.1, token bob" };
const APPLIED: Done = { result: "applied", code: "", reason: "" };

function made(confirm: string[] = [], journalProblem = "") {
  const journal: ActionRecord[] = [];
  const lines: string[] = [];
  const log = new Log((level, _who, what) => lines.push(`${level} ${what}`));
  const write = async (record: ActionRecord) => {
    journal.push(record);
    return journalProblem;
  };
  return { actions: new Actions({ journal: write, log, config: { confirm, confirmWithinS: 10 } }), journal, lines };
}

async function refused(promise: Promise<unknown>): Promise<ApiFailure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiFailure);
  return error as ApiFailure;
}

test("the journal has an action before it is done, and its result after it", async () => {
  const { actions, journal, lines } = made();
  const seen: number[] = [];
  const answer = await actions.perform(
    ALICE,
    LOGOUT,
    { target: "CLIENT", why: "asked by phone", old: "on", new: "off" },
    async () => {
      seen.push(journal.length);
      return APPLIED;
    },
  );
  expect(seen).toEqual([1]);
  expect(journal.map(({ phase, result }) => [phase, result])).toEqual([
    ["asked", undefined],
    ["done", "applied"],
  ]);
  expect(journal[0]).toMatchObject({ who: "alice", action: "session.logout", target: "CLIENT", why: "asked by phone" });
  expect(answer).toEqual({ action: journal[0]!.id, result: "applied", old: "on", new: "off" });
  expect(lines).toHaveLength(1);
  expect(actions.list(5)).toHaveLength(1);
});

test("without the journal nothing is done", async () => {
  const { actions, lines } = made([], "the control ring is full");
  let done = false;
  const failure = await refused(
    actions.perform(ALICE, LOGOUT, { target: "C", why: "x" }, async () => {
      done = true;
      return APPLIED;
    }),
  );
  expect([failure.status, failure.code, done]).toEqual([503, "not-journalled", false]);
  expect(lines[0]).toStartWith("alarm not done");
});

test("what was refused, and what failed, is in the journal, too", async () => {
  const { actions, journal } = made();
  const no: Done = { result: "refused", code: "out-of-range", reason: "expected 1 to 5, got 6" };
  const failure = await refused(actions.perform(ALICE, LOGOUT, { target: "C", why: "x" }, async () => no));
  expect([failure.status, failure.code, failure.message]).toEqual([409, "out-of-range", "expected 1 to 5, got 6"]);
  const broken = actions.perform(ALICE, LOGOUT, { target: "C", why: "x" }, () => Promise.reject(new Error("no lane")));
  await expect(broken).rejects.toThrow("no lane");
  expect(journal.map(({ result }) => result)).toEqual([
    undefined,
    "refused: expected 1 to 5, got 6",
    undefined,
    "failed: no lane",
  ]);
});

test("what has no answer is not called refused: it may be done yet", async () => {
  const { actions, journal } = made();
  const late: Done = { result: "refused", code: "not-answered", reason: "no answer from the core within 5 s" };
  const failure = await refused(actions.perform(ALICE, LOGOUT, { target: "C", why: "x" }, async () => late));
  expect([failure.status, failure.code]).toEqual([504, "not-answered"]);
  expect(journal.at(-1)?.result).toBe("unknown: no answer from the core within 5 s");
  const unsent: Done = { result: "refused", code: "not-sent", reason: "the control ring is full" };
  expect((await refused(actions.perform(ALICE, LOGOUT, { target: "C", why: "x" }, async () => unsent))).status).toBe(
    503,
  );
});

test("a role that may not is refused before the journal has anything", async () => {
  const { actions, journal } = made();
  const failure = await refused(actions.perform(BOB, LOGOUT, { target: "C", why: "x" }, async () => APPLIED));
  expect([failure.status, failure.message]).toEqual([
    403,
    "session.logout: expected the role operate or admin, got risk of bob",
  ]);
  expect(journal).toEqual([]);
});

test.each(["kill-switch", "kill-switch.lift"])(
  "%s in admin.confirm: another person must confirm it, once",
  async (entry) => {
    const { actions, journal } = made([entry]);
    let times = 0;
    const lift = async (): Promise<Done> => {
      times++;
      return APPLIED;
    };
    const waits = await actions.perform(ALICE, LIFT, { target: "firm", why: "all clear" }, lift);
    const id = (waits as { confirmation: number }).confirmation;
    expect(times).toBe(0);
    expect((await refused(actions.confirm(ALICE, id, "checked"))).code).toBe("second-person");
    const operator: Principal = { ...BOB, name: "eve", role: "operate" };
    expect((await refused(actions.confirm(operator, id, "checked"))).code).toBe("role");
    expect(await actions.confirm(BOB, id, "checked")).toMatchObject({ result: "applied" });
    expect((await refused(actions.confirm(BOB, id, "checked"))).status).toBe(404);
    expect(times).toBe(1);
    expect(journal.map(({ phase, confirmedBy }) => [phase, confirmedBy])).toEqual([
      ["asked", undefined],
      ["asked", "bob (127.0.0.1, token bob): checked"],
      ["done", "bob (127.0.0.1, token bob): checked"],
    ]);
  },
);

test("what waits can be taken back", async () => {
  const { actions, journal } = made(["kill-switch"]);
  const waits = await actions.perform(ALICE, LIFT, { target: "", why: "x" }, async () => APPLIED);
  await actions.withdraw(BOB, (waits as { confirmation: number }).confirmation, "not now");
  expect(actions.confirmations()).toEqual([]);
  expect(journal.at(-1)).toMatchObject({ phase: "done", result: "withdrawn by bob (127.0.0.1, token bob): not now" });
});

test("a long record is cut into parts of the control ring, also within a character, and joined again", () => {
  const record: ActionRecord = {
    phase: "asked",
    id: 5,
    who: "a",
    from: "b",
    action: "c.d",
    target: "",
    why: "é€😀".repeat(700),
    old: null,
  };
  const commands = actionCommands(record);
  expect(commands.length).toBeGreaterThan(3);
  const parts = new ActionParts();
  const joined = commands.map(({ amount, value, text }) => parts.take(amount!, value!, text!));
  expect(joined.slice(0, -1)).toEqual(joined.slice(0, -1).map(() => null));
  expect(joined.at(-1)).toEqual(record);
  expect(() => actionCommands({ ...record, why: "x".repeat(40_000) })).toThrow(
    "expected a record of at most 30720 bytes",
  );
});
