import { Type } from "@sinclair/typebox";
import { flag, table, whole } from "./fields.ts";

/** The table `sockets`. */
export const sockets = table("Kernel settings of client and venue connections; TCP_NODELAY is always set.", {
  busyPollUs: whole(
    "Time that a receive without data polls the network card's queue (SO_BUSY_POLL), microseconds; 0: the system's net.core.busy_read.",
    0,
    10_000,
    { default: 0 },
  ),
  preferBusyPoll: flag("Mask the card's interrupts while a lane polls (SO_PREFER_BUSY_POLL).", {
    default: false,
  }),
  congestionControl: Type.String({
    description:
      'Congestion control of the kernel (TCP_CONGESTION) by name; "system": the machine\'s default. Orders never fill a network, so the simplest one costs least. "bbr" paces a burst by the low rate before it.',
    pattern: "^[a-z][a-z0-9_-]{0,14}$",
    expected: '"reno", "cubic", another of net.ipv4.tcp_available_congestion_control, or "system"',
    default: "reno",
  }),
  keepAliveIdleS: whole(
    "Time without data after which the kernel asks whether the peer is there (SO_KEEPALIVE, TCP_KEEPIDLE), seconds; 0: it does not ask. A peer that is gone is noticed although HeartBtInt (108) is 0.",
    0,
    32_767,
    { default: 30 },
  ),
  keepAliveIntervalS: whole("Time between two such questions (TCP_KEEPINTVL), seconds.", 1, 32_767, { default: 10 }),
  keepAliveCount: whole("Questions without an answer that end the connection (TCP_KEEPCNT).", 1, 127, { default: 3 }),
  userTimeoutMs: whole(
    "Time after which sent data that the peer's machine has not acknowledged ends the connection (TCP_USER_TIMEOUT), milliseconds; 0: the system's, about 15 minutes.",
    0,
    3_600_000,
    { default: 60_000 },
  ),
  quickAck: flag("Acknowledge received data immediately (TCP_QUICKACK, set again after each burst).", {
    default: false,
  }),
});
