import { afterEach, expect, test } from "bun:test";
import { Requests } from "../../src/venue/requests.ts";
import { FAIR } from "./shape.ts";
import { World } from "./world.ts";

/** What is held up here: the venue's agent does not look at what the core asks while `holds` says so. */
const inside = Requests.prototype;
const { poll } = inside;
let holds: (requests: Requests) => boolean = () => false;
inside.poll = function (this: Requests): number {
  return holds(this) ? 0 : poll.call(this);
};

afterEach(() => {
  inside.poll = poll;
});

const isUp = (requests: Requests): boolean =>
  (requests as unknown as { parts: { venues: { link: { active: boolean } }[] } }).parts.venues[0]!.link.active;

test("an order that was refused as its venue was away does not leave after a restart, also when the venue is there first", () => {
  let heldSince = 0;
  let severed = false;
  const world = new World(5, null, {
    ...FAIR,
    turns: 400,
    script(world, turn) {
      const { network, gateway } = world;
      const end = network.sockets.get(world.venues[0]!.connection.transport.fd);
      if (heldSince === 0 && turn > 50 && end !== undefined) {
        // The core goes on asking, nothing leaves, and then the venue is away: all is refused, and the gateway dies soon.
        heldSince = turn;
        // In its second life it asks first when the venue is there, as a core does that has much to read again.
        holds = (requests) => (gateway.lives === 1 ? isUp(requests) : !isUp(requests));
      } else if (!severed && heldSince > 0 && turn > heldSince + 30 && end !== undefined) {
        network.sever(end, 0);
        severed = true;
      } else if (severed && gateway.lives === 1 && gateway.alive && refusals() > 0) gateway.fuse.set(1);
    },
  });
  const refusals = () =>
    world.clients.flatMap((client) => client.orders).filter((order) => order.text.includes("NOT_TAKEN_BY_VENUE"))
      .length;
  // The end of the run compares what clients know with what the venue knows.
  expect(world.run().lives).toBe(2);
  expect(refusals()).toBeGreaterThan(0);
});
