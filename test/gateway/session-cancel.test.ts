import { expect, test } from "bun:test";
import { NOT_SENT } from "../../src/control/commands.ts";
import { cancelOrders, type SessionCancel } from "../../src/gateway/session-cancel.ts";
import { CONTROL_APPLIED, CONTROL_TRY_AGAIN, NO_MORE_SLOTS } from "../../src/record/control-codes.ts";

const CANCEL: SessionCancel = { id: 4, end: "logout", orders: "day", beforeUs: 7, goesOn: () => true };
const done = { applied: true, changed: true, reason: "", result: CONTROL_APPLIED, value: NO_MORE_SLOTS, count: 2 };

test.each([
  ["no room in the rings behind the core", CONTROL_TRY_AGAIN],
  ["a full control ring", NOT_SENT],
])("is sent again after %s, from the same slot on", async (_, result) => {
  const slots: unknown[] = [];
  const answers = [
    { ...done, value: 40 },
    { ...done, value: result === NOT_SENT ? 0 : 40, applied: false, reason: "no", result, count: 0 },
    done,
  ];
  const send = ({ value }: { value?: number }) => {
    slots.push(value);
    return Promise.resolve(answers[slots.length - 1]!);
  };
  expect(await cancelOrders({ free: 64, send }, CANCEL)).toEqual({
    asked: 4,
    stuck: 0,
    pending: 0,
    problem: "",
    isWhole: true,
  });
  expect(slots).toEqual([0, 40, 40]);
});

test("nothing is sent while no more than 16 slots are free: those are for the kill switch", async () => {
  let sent = 0;
  const commands = {
    free: 16,
    send: () => {
      sent++;
      return Promise.resolve(done);
    },
  };
  const ended = cancelOrders(commands, CANCEL);
  await Bun.sleep(50);
  expect(sent).toBe(0);
  commands.free = 17;
  expect((await ended).asked).toBe(2);
});

test("ends as soon as the session is back, or has nothing open any more", async () => {
  let left = 2;
  const send = () => Promise.resolve({ ...done, value: 40 });
  const sum = await cancelOrders({ free: 64, send }, { ...CANCEL, goesOn: () => left-- > 0 });
  expect(sum.asked).toBe(4);
});
