import { type Static, Type } from "@sinclair/typebox";
import { KIB, MIB } from "../base/units.ts";
import type { Address } from "./address.ts";
import { admittance } from "./admittance.ts";
import { addresses, flag, id, longId, named, table, whole } from "./fields.ts";
import { sessionOptions } from "./session-options.ts";
import { type ServerTls, serverTls } from "./tls.ts";
import { version } from "./version-names.ts";

const dropCopySession = table(
  "One drop copy session: it gets copies of ExecutionReports, and sends none but session-level messages. The journal identifies it by its name.",
  {
    compId: id("Its client's CompID (49 in the messages of that client).", { fallback: "the session's name" }),
    gatewayCompId: id("Our CompID in this session.", { fallback: "gateway.compId" }),
    version,
    accounts: Type.Optional(
      Type.Array(longId("Account (1)."), {
        description:
          "Only reports with one of these accounts (1) are copied. Default: those of all accounts, where clients is not there either.",
        minItems: 1,
        maxItems: 1024,
        uniqueItems: true,
      }),
    ),
    clients: Type.Optional(
      Type.Array(longId("Name of a client."), {
        description:
          "Reports with an account (1) of one of these clients, from risk.clients, are copied, too; without accounts these alone.",
        minItems: 1,
        maxItems: 1024,
        uniqueItems: true,
      }),
    ),
    sessions: Type.Optional(
      Type.Array(id("Name of a client session."), {
        description: "Only reports of these client sessions are copied. Default: those of all client sessions.",
        minItems: 1,
        maxItems: 1024,
        uniqueItems: true,
      }),
    ),
    maxHeartBtIntS: whole("Longest HeartBtInt (108) in its Logon, seconds.", 1, 3600, { default: 60 }),
    schedule: Type.Optional(id("Its calendar in calendars. Default: always open.")),
    newestConnectionWins: flag("As in a client session: a Logon of a client that is connected already is taken.", {
      default: false,
    }),
    ...admittance,
    ...sessionOptions,
  },
);

/** The table `dropCopy`. */
export const dropCopy = table(
  "Drop copy: sessions that get copies of the ExecutionReports of client sessions; this table makes their listener.",
  {
    listen: addresses("Addresses on which it listens for drop copy clients; port 0 takes a free one.", 0, {
      default: "127.0.0.1:9002",
    }),
    tls: serverTls("drop copy clients"),
    maxConnections: whole("Most open connections, logged on or not.", 1, 1_024, { default: 16 }),
    logonTimeoutMs: whole("Longest time of a connection without a Logon, milliseconds.", 100, 60_000, {
      default: 5_000,
    }),
    backlogBytes: whole(
      "Unsent bytes above which a session that does not read is disconnected; it gets what it missed by resend.",
      64 * KIB,
      1024 * MIB,
      { default: 4 * MIB },
    ),
    maxBehindS: whole(
      "How long copies may stay behind the reports of the clients before an alarm is raised, seconds.",
      1,
      3_600,
      { default: 5 },
    ),
    sessions: named("The drop copy sessions by name.", dropCopySession, { minProperties: 1, maxProperties: 256 }),
  },
  /* Absent by default. */ { default: undefined },
);

type Replace<T, R> = Omit<T, keyof R> & R;
export type DropCopySession = Replace<Static<typeof dropCopySession>, { compId: string; gatewayCompId: string }>;
export type DropCopyConfig = Replace<
  Static<typeof dropCopy>,
  { listen: Address[]; tls: ServerTls | null; sessions: Record<string, DropCopySession> }
>;
