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
    quickAck: flag("What arrives is acknowledged at once (TCP_QUICKACK, asked for again behind each burst).", {
      default: false,
    }),
  },
);
