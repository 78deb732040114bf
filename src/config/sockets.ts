import { Type } from "@sinclair/typebox";
import { flag, table, whole } from "./fields.ts";

/** The table `sockets`. */
export const sockets = table(
  "How the kernel serves the connections of clients and venues; TCP_NODELAY is always set.",
  {
    busyPollUs: whole(
      "How long a receive that finds nothing looks into the network card's queue itself (SO_BUSY_POLL), microseconds; 0: the system's net.core.busy_read.",
      0,
      10_000,
      { default: 0 },
    ),
    preferBusyPoll: flag("The card's interrupts stay masked while a lane polls (SO_PREFER_BUSY_POLL).", {
      default: false,
    }),
    congestionControl: Type.String({
      description:
        'What the kernel sends no more by than a network carries (TCP_CONGESTION): the name of one that it has; "system": what the machine has for all connections. Orders never fill a network: the plainest costs them least, and does not pace a burst by the trickle before it as "bbr" does.',
      pattern: "^[a-z][a-z0-9_-]{0,14}$",
      expected: '"reno", "cubic", another of net.ipv4.tcp_available_congestion_control, or "system"',
      default: "reno",
    }),
    quickAck: flag("What arrives is acknowledged at once (TCP_QUICKACK, asked for again behind each burst).", {
      default: false,
    }),
  },
);
