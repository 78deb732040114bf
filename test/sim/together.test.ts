import { expect, test } from "bun:test";
import { FAIR } from "./shape.ts";
import { World } from "./world.ts";

test("sessions that are sent everything again at the same time are each sent their own", () => {
  let asked = 0;
  const world = new World(1, null, {
    ...FAIR,
    // Every few messages another segment of the journal, and none of the resends goes out in one turn.
    capacity: 1_000,
    script: ({ clients }, turn) => {
      if (turn < 200 || turn % 20 !== 0) return;
      for (const client of clients) {
        if (!client.loggedOn || client.connection.transport.unsent > 0) continue;
        client.askResend(1);
        asked++;
      }
    },
  });
  // A client compares what comes again with what came first.
  expect(world.run().orders).toBeGreaterThan(100);
  expect(asked).toBeGreaterThan(20);
});
