import { afterAll, beforeAll } from "bun:test";
import { Client } from "./client.ts";
import type { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

/** The venue of a gateway and a client that is logged on, for all tests of a file. */
export function tradingDesk(gateway: Gateway, name: string, options: ConstructorParameters<typeof Client>[2] = {}) {
  const venue = new Venue(gateway.venuePort);
  const client = new Client(name, gateway.clientPort, options);

  beforeAll(async () => {
    venue.listen();
    await gateway.start();
    await client.logon();
    await venueUp(client);
  });

  afterAll(async () => {
    venue.stop();
    await gateway.remove();
  });

  return { venue, client };
}
