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
  quickAck: flag("Acknowledge received data immediately (TCP_QUICKACK, set again after each burst).", {
    default: false,
  }),
});
