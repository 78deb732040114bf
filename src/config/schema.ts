import { type Static, Type } from "@sinclair/typebox";
import { KIB, MIB } from "../base/units.ts";
import type { Address } from "./address.ts";
import { admin } from "./admin.ts";
import { admittance } from "./admittance.ts";
import { alarms } from "./alarms.ts";
import { calendar } from "./calendar.ts";
import { core, type TradingDay } from "./core.ts";
import { day } from "./day.ts";
import { type DropCopyConfig, dropCopy } from "./drop-copy.ts";
import { addresses, byLongId, choice, flag, id, longId, named, printable, table, whole } from "./fields.ts";
import { type LanesConfig, lanes } from "./lanes.ts";
import { memory } from "./memory.ts";
import { metrics } from "./metrics.ts";
import { pool } from "./pool.ts";
import { profiles } from "./profiles.ts";
import { quotes } from "./quotes.ts";
import {
  type AccountConfig,
  type ClientLimits,
  type FirmLimits,
  riskSchema,
  type SymbolConfig,
  symbolSchema,
  type TraderLimits,
} from "./risk.ts";
import { type RuleConfig, routing } from "./routing.ts";
import { clientDefaults, clientOptions, sessionOptions } from "./session-options.ts";
import { sockets } from "./sockets.ts";
import type { WeekTime } from "./time.ts";
import { type ServerTls, serverTls, venueTls } from "./tls.ts";
import { upgrade } from "./upgrade.ts";
import { clientValidation, venueValidation } from "./validation.ts";
import { venueOrders } from "./venue-orders.ts";
import { venueRequests } from "./venue-requests.ts";
import { type FixVersionName, VERSIONS, version } from "./version-names.ts";

export type { LanePlace, LanesConfig } from "./lanes.ts";
export type { FixVersionName } from "./version-names.ts";
export type { Address };

/*  Every field of the configuration file: its meaning with unit, its default and its bounds. A field without a default
 *  and not Optional is required. `resolve.ts` converts a valid file to a GatewayConfig: it applies the defaults that are
 *  other fields' values (`fallback`), splits addresses, and converts prices, percentages and money to whole numbers of
 *  their smallest unit.
 */

/** A view of three segments must be smaller than 4 GiB. */
const MAX_SEGMENT_MIB = 1_024;

const gateway = table("The gateway itself.", {
  compId: id("Our CompID (49 or 56), unless a session has another.", { default: "GATEWAY" }),
  data: Type.String({
    description: "Directory of the journal, relative to the working directory of the start. --data overrides it.",
    default: "./sallyport-data",
    minLength: 1,
    maxLength: 1024,
  }),
});

const resetOnLogon = (description: string) => flag(description, { default: false });
const gatewayCompId = id("Our CompID in this session.", { fallback: "gateway.compId" });
const backlogBytes = (description: string, more: number) => whole(description, 64 * KIB, 1024 * MIB, { default: more });

const schedule = Type.Optional(id("Its calendar in calendars. Default: always open."));

const heldBytes = whole(
  "Buffer for messages behind a gap, until it is closed, bytes; messages that do not fit are requested again. At most 64 sessions of a lane have one at a time; what others would hold is requested again.",
  0,
  64 * MIB,
  { default: 256 * KIB },
);

const clientSession = table("One client session; the journal identifies it by its name.", {
  compId: id("The client's CompID (49 in its messages).", { fallback: "the session's name" }),
  gatewayCompId,
  version,
  resetOnLogon: resetOnLogon("Reset both sequence numbers to 1 with every Logon."),
  accounts: Type.Array(longId("Account (1)."), {
    description: "Accounts that it may trade, from risk.accounts; orders for others are refused.",
    minItems: 1,
    maxItems: 1024,
    uniqueItems: true,
  }),
  maxHeartBtIntS: whole("Longest HeartBtInt (108) in its Logon, seconds.", 1, 3600, { default: 60 }),
  backlogBytes: whole("As client.backlogBytes, for this session.", 64 * KIB, 1024 * MIB, {
    fallback: "client.backlogBytes",
  }),
  schedule,
  newestConnectionWins: flag(
    "A Logon of a client that is connected already ends its old connection and is taken. false: it is refused without an answer, and the old connection is ended unless its peer answers a TestRequest within 2 seconds.",
    { default: false },
  ),
  dynamicSessions: whole(
    "Number of clients with unknown CompIDs that may be logged on or have open orders with these settings. Each is bound to one session, which is free for another CompID once it is logged off and has no open order. 0: none.",
    0,
    256,
    { default: 0 },
  ),
  ...admittance,
  renamedFrom: Type.Optional(
    id(
      "Its former name: it keeps that one's sequence numbers and orders. May stay after the first start with the new name.",
    ),
  ),
  ...clientOptions,
  ...clientValidation,
});

const client = table("The client side: its listeners and sessions.", {
  listen: addresses("Addresses on which it listens for clients; IPv6 as [::1]:9001; port 0 takes a free one.", 0, {
    default: "127.0.0.1:9001",
    minItems: 0,
    expected:
      '"127.0.0.1:9001" or "[::1]:9001", or a list of up to 16, empty with client.tls: an IPv4 or IPv6 address (no name) and a port from 0 to 65535',
  }),
  tls: serverTls("clients"),
  maxConnections: whole("Most open connections, logged on or not.", 1, 16_384, { default: 64 }),
  maxBeforeLogon: whole(
    "Most connections without a Logon. Above it, or when all connections are open, a new one ends the oldest of the network that has most of them.",
    1,
    16_384,
    { fallback: "half of client.maxConnections" },
  ),
  maxPerAddress: whole("Most connections from one address, logged on or not.", 1, 16_384, {
    fallback: "client.maxConnections",
  }),
  maxPerNetwork: whole("Most connections from one network, logged on or not.", 1, 16_384, {
    fallback: "client.maxConnections",
  }),
  network4Bits: whole("Length of a network's prefix, IPv4.", 8, 32, { default: 24 }),
  network6Bits: whole("Length of a network's prefix, IPv6.", 16, 128, { default: 56 }),
  lockAfter: whole(
    "Wrong passwords in a row after which a session is locked until sallyport unlock releases it; 0: never.",
    0,
    1_000_000,
    { default: 0 },
  ),
  logonTimeoutMs: whole("Longest time of a connection without a Logon, milliseconds.", 100, 60_000, {
    default: 5_000,
  }),
  awaitVenuesMs: whole(
    "Longest time after a start in which Logons are answered only once all venues are up whose schedule is open, milliseconds. Clients give up waiting after about 10 seconds. 0: Logons are answered at once.",
    0,
    60_000,
    { default: 5_000 },
  ),
  maxMessageBytes: whole("Longest accepted message, bytes.", KIB, MIB, { default: 8 * KIB }),
  heldBytes,
  backlogBytes: backlogBytes("Unsent bytes above which a session that does not read is disconnected.", MIB),
  ...clientDefaults,
  sessions: named("The client sessions by name.", clientSession, { minProperties: 1, maxProperties: 16_384 }),
});

const venue = table("One venue session, which we initiate.", {
  address: addresses("Addresses of the venue; after a failure the next one is tried.", 1),
  compId: id("The venue's CompID (56 in our messages).", { fallback: "the venue's name" }),
  gatewayCompId,
  version,
  tls: venueTls,
  heartBtIntS: whole("HeartBtInt (108) of our Logon, seconds.", 1, 3600, { default: 30 }),
  resetOnLogon: resetOnLogon("Send ResetSeqNumFlag (141=Y) with every Logon."),
  reconnectMinMs: whole("First wait before reconnecting, milliseconds; doubles up to the longest.", 10, 600_000, {
    default: 100,
  }),
  reconnectMaxMs: whole("Longest wait before reconnecting, milliseconds.", 10, 600_000, { default: 5_000 }),
  refusedMaxMs: whole(
    "Longest wait after the venue has refused our Logon (a Logout as its answer, or sequence numbers that do not fit), milliseconds. It begins with 1 second and doubles.",
    10,
    3_600_000,
    { default: 60_000 },
  ),
  resendOrdersWithinS: whole(
    "On a ResendRequest, orders younger than this are resent, seconds; older ones are gap-filled and reported as rejected. 0: no order is resent.",
    0,
    3600,
    { default: 5 },
  ),
  ...venueOrders,
  ...venueRequests,
  heldBytes,
  backlogBytes: backlogBytes("Unsent bytes above which the session is disconnected.", 4 * MIB),
  schedule,
  username: printable("Username (553) in our Logon."),
  password: printable("Password (554) in our Logon; use passwordFile to keep it out of this file.", { secret: true }),
  passwordFile: Type.Optional(
    Type.String({
      description: "File of one line with the Password (554) in our Logon.",
      minLength: 1,
      maxLength: 1024,
    }),
  ),
  renamedFrom: Type.Optional(
    id(
      "Its former name: it keeps that one's sequence numbers and orders. May stay after the first start with the new name.",
    ),
  ),
  ...sessionOptions,
  ...venueValidation,
});

const journal = table("The journal: every message is written before it is sent.", {
  segmentMiB: whole("Size of one journal file, MiB; each stream has one prepared.", 1, MAX_SEGMENT_MIB, {
    default: 32,
  }),
  bufferMiB: whole("Size of each stream's buffer, from which another thread writes the files, MiB.", 1, 64, {
    default: 16,
  }),
  bufferDirectory: Type.String({
    description:
      "Directory in memory (tmpfs) for the buffers: it must outlive the process and, in a container, the container. auto: one that does, else the data directory; data: the data directory.",
    default: "auto",
    pattern: "^(auto|data|/.*)$",
    expected: '"auto", "data" or an absolute path',
    maxLength: 1024,
  }),
  spareMiB: whole("Has no effect any more: there is nothing to make in advance.", 0, 1_048_576, { default: 0 }),
  durability: choice(
    "process: sent messages survive the end of the process, in the system's page cache; disk: no message is sent before it is on the disk.",
    ["process", "disk"],
    { default: "process" },
  ),
  resendHours: whole(
    "Segments stay in the data directory for at least this many hours, for resends; after that, when snapshots cover them, they move to the archive.",
    1,
    8_760,
    { default: 24 },
  ),
  archiveDays: whole("Archived segments are deleted after this many days; 0: never.", 0, 36_500, { default: 365 }),
  archiveGiB: whole(
    "The oldest archived segments are deleted while the archive is larger, GiB; 0: no limit.",
    0,
    1_048_576,
    { default: 16 },
  ),
  reserveMiB: whole(
    "Reserved disk space, MiB: when the disk is full, new orders are refused, and cancels and reports use the reserve.",
    0,
    65_536,
    { default: 64 },
  ),
  snapshotMiB: whole(
    "Size of the journal between two snapshots of all state, MiB; a start reads the last snapshot and the journal behind it. 0: no snapshots.",
    0,
    65_536,
    { default: 128 },
  ),
});

const exchange = table(
  "The built-in exchange, for tests; this table starts it in the process.",
  {
    listen: addresses("Addresses on which it listens; port 0 takes a free one.", 0, { default: "127.0.0.1:9101" }),
    compId: id("Its CompID.", { default: "EXCHANGE" }),
    sessions: Type.Array(id("CompID."), {
      description: "CompIDs that may log on to it.",
      fallback: "our CompIDs in venues with its address",
      minItems: 1,
      maxItems: 1024,
      uniqueItems: true,
    }),
    versions: Type.Optional(
      named("FIX versions by CompID.", choice("FIX version of the session.", [...VERSIONS]), {
        fallback: "the version of the venue with its address and this CompID, else FIX.4.4",
      }),
    ),
    maxOrders: whole("Most open orders.", 1_024, 16_777_216, { default: 262_144 }),
  },
  /* Absent by default. */ { default: undefined },
);

export const configSchema = table("Configuration of Sallyport.", {
  gateway,
  lanes,
  sockets,
  client,
  venues: named("The venue sessions by name.", venue, { minProperties: 1, maxProperties: 1024 }),
  calendars: named("Calendars by name.", calendar, { default: {}, minProperties: 0, maxProperties: 256 }),
  routing,
  symbols: byLongId("The symbols (55) by name.", symbolSchema, { minProperties: 1, maxProperties: 65_536 }),
  risk: riskSchema,
  core,
  journal,
  memory,
  pool,
  alarms,
  metrics,
  profiles,
  upgrade,
  admin,
  day,
  quotes,
  dropCopy: Type.Optional(dropCopy),
  exchange: Type.Optional(exchange),
});

/** A valid file with constant defaults applied; fields with a `fallback` may still be absent. */
export type ConfigFile = Static<typeof configSchema>;

type Replace<T, R> = Omit<T, keyof R> & R;

export type ClientConfig = Replace<
  Static<typeof client>,
  { listen: Address[]; tls: ServerTls | null; maxBeforeLogon: number; maxPerAddress: number; maxPerNetwork: number }
>;
/** `password` may come from `passwordFile` when the gateway starts. */
export type VenueConfig = Replace<Static<typeof venue>, { address: Address[] }>;
/** A calendar with all defaults applied; times are seconds of the day in the zone. */
export interface CalendarConfig {
  zone: string;
  /** Null with `close`: always open. */
  open: WeekTime | null;
  close: WeekTime | null;
  /** 1 Monday to 7 Sunday. */
  days: number[];
  /** Dates, as 2026-12-25. */
  holidays: string[];
  halfDays: Record<string, number>;
  resetAtOpen: boolean;
  resetAt: number | null;
  phases: { name: string; fromS: number; toS: number; orderTypes: string[]; timesInForce: string[] }[];
}
export type ExchangeConfig = Replace<
  Static<typeof exchange>,
  {
    listen: Address[];
    /** The version of each session. */
    versions: Record<string, FixVersionName>;
  }
>;

export type AdminConfig = Replace<ConfigFile["admin"], { listen: Address[]; tls: ServerTls | null }>;

/** A checked configuration with all defaults applied; the tables by name have no prototype. */
export interface GatewayConfig {
  gateway: ConfigFile["gateway"];
  lanes: LanesConfig;
  sockets: ConfigFile["sockets"];
  client: ClientConfig;
  venues: Record<string, VenueConfig>;
  calendars: Record<string, CalendarConfig>;
  routing: { rules: readonly RuleConfig[] };
  /** Their venues and accounts exist. */
  symbols: Record<string, SymbolConfig>;
  risk: {
    kill: boolean;
    firm: FirmLimits;
    /** Of all limits. */
    currency?: string;
    /** Rates of the other currencies to it, 1e-8; null: there is none. */
    currencies: Record<string, bigint | null>;
    /** Their accounts exist. */
    clients: Record<string, ClientLimits>;
    traders: Record<string, TraderLimits>;
    accounts: Record<string, AccountConfig>;
  };
  core: Replace<ConfigFile["core"], { tradingDay: TradingDay }>;
  journal: ConfigFile["journal"];
  upgrade: ConfigFile["upgrade"];
  admin: AdminConfig;
  day: ConfigFile["day"];
  quotes: ConfigFile["quotes"];
  memory: ConfigFile["memory"];
  pool: ConfigFile["pool"];
  /** `routingKey` comes from `routingKeyFile`, if there is one, when the gateway starts. */
  alarms: ConfigFile["alarms"];
  metrics: ConfigFile["metrics"];
  profiles: ConfigFile["profiles"];
  dropCopy: DropCopyConfig | null;
  exchange: ExchangeConfig | null;
}
