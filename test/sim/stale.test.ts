import { expect, test } from "bun:test";
import { FAIR } from "./shape.ts";
import { World } from "./world.ts";

test("an order that got too old is refused also when the gateway dies right after it has passed over it", () => {
  let heldSince = 0;
  const world = new World(3, null, {
    ...FAIR,
    turns: 400,
    script(world, turn) {
      const { network, gateway } = world;
      const end = network.sockets.get(world.venues[0]!.connection.transport.fd);
      if (heldSince === 0 && turn > 50 && end !== undefined && end.input.inFlight > 150) {
        // Orders under way are lost with the connection, and too old to be sent again when it is back.
        network.sever(end, 0);
        world.pass(6e9);
        heldSince = turn;
        // The core stands still from now on, so it does not hear of what the venue's agent does.
        gateway.coreAgent.poll = () => 0;
      }
      if (heldSince > 0 && turn === heldSince + 120) gateway.fuse.set(1);
    },
  });
  // The end of the run compares what clients know with what the venue knows.
  expect(world.run().lives).toBe(2);
  const orders = world.clients.flatMap((client) => client.orders);
  expect(orders.filter((order) => order.text.includes("NOT_TAKEN_BY_VENUE")).length).toBeGreaterThan(0);
});
