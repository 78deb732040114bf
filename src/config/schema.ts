import { type Static, Type } from "@sinclair/typebox";
import { KIB, MIB } from "../base/units.ts";
import type { Address } from "./address.ts";
import {
  addresses,
  byDate,
  choice,
  date,
  decimal,
  flag,
  id,
  named,
  network,
  printable,
  table,
  timeOfDay,
  weekTime,
  whole,
  zone,
} from "./fields.ts";
import { type LanesConfig, lanes } from "./lanes.ts";
import { memory } from "./memory.ts";
import { sessionOptions } from "./session-options.ts";
import { sockets } from "./sockets.ts";
import { DAY_NAMES, type WeekTime } from "./time.ts";
import { upgrade } from "./upgrade.ts";
import { clientValidation, venueValidation } from "./validation.ts";

export type { LanePlace, LanesConfig } from "./lanes.ts";
export type { Address };

/*  Every field of the configuration file: its meaning with unit, its default and its bounds. A field without a default
 *  and not Optional is required. `resolve.ts` turns what the schema accepts into a GatewayConfig, in which nothing is
 *  left to be looked up: each default that is another field's value (`fallback`) is in its place, addresses are split,
 *  and prices, percentages and money are whole numbers of their smallest unit.
 */

/** Most that a whole-valued double holds of money in 1e-4 and of prices in 1e-8, as the file writes it. */
const MAX_MONEY = 900_719_925_474;
const MAX_PRICE = 90_071_992;
/** Collars above 1000 % would let anything through. */
const MAX_PERCENT = 1_000;
/** Three segments lie in one view, and a view stops at 4 GiB. */
const MAX_SEGMENT_MIB = 1_024;

const gateway = table("The gateway itself.", {
  compId: id("Our CompID (49 or 56) in sessions that name no other.", { default: "GATEWAY" }),
  data: Type.String({
    description: "Directory of the journal; relative to where the gateway is started. --data overrides it.",
    default: "./sallyport-data",
    minLength: 1,
    maxLength: 1024,
  }),
});

/** As `fix/version` has them. */
const VERSIONS = [
  "FIX.4.0",
  "FIX.4.1",
  "FIX.4.2",
  "FIX.4.3",
  "FIX.4.4",
  "FIX.5.0",
  "FIX.5.0SP1",
  "FIX.5.0SP2",
] as const;
const version = choice("FIX version of the session; FIX.5.0 and later run over FIXT.1.1.", [...VERSIONS], {
  default: "FIX.4.4",
});
const resetOnLogon = (description: string) => flag(description, { default: false });
const gatewayCompId = id("Our CompID in this session.", { fallback: "gateway.compId" });
const backlogBytes = (description: string, more: number) => whole(description, 64 * KIB, 1024 * MIB, { default: more });

const schedule = Type.Optional(id("The calendar in calendars whose hours it keeps; left out: always open."));

const calendar = table("Hours of sessions; a session names it as its schedule.", {
  zone: zone("Time zone of its times, by its name in the time zone database."),
  open: Type.Optional(
    weekTime("When sessions open, every one of days; with a day of the week: once a week. Left out: always open."),
  ),
  close: Type.Optional(
    weekTime("When they close; after midnight where it is earlier than open. Left out with open: always open."),
  ),
  days: Type.Optional(
    Type.Array(choice("Day of the week.", [...DAY_NAMES]), {
      description: "Days on which a daily session closes; left out: mon to fri.",
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
    }),
  ),
  holidays: Type.Array(date("Date."), {
    description: "Dates without a session: a daily one that would close then is left out, a weekly one pauses.",
    default: [],
    minItems: 0,
    maxItems: 1000,
  }),
  halfDays: byDate("Early closes by date.", timeOfDay("Early close."), { minProperties: 0, maxProperties: 1000 }),
  resetAtOpen: flag("Both sequence numbers start at 1 with each opening (a week's first).", { default: true }),
  resetAt: Type.Optional(timeOfDay("Both sequence numbers start at 1 at this time, also while logged on.")),
});
const heldBytes = whole(
  "Room for messages that arrive behind a gap and wait until it is closed, bytes; what does not fit is asked for again.",
  0,
  64 * MIB,
  { default: 256 * KIB },
);

const clientSession = table("One client session; its name is its identity in the journal.", {
  compId: id("The client's CompID (49 in what it sends).", { fallback: "the session's name" }),
  gatewayCompId,
  version,
  resetOnLogon: resetOnLogon("Both sequence numbers start at 1 with every Logon."),
  accounts: Type.Array(id("Account (1)."), {
    description: "Accounts it may trade, all of them in risk.accounts; orders for others are refused.",
    minItems: 1,
    maxItems: 1024,
    uniqueItems: true,
  }),
  maxHeartBtIntS: whole("Longest HeartBtInt (108) it may ask for, seconds.", 1, 3600, { default: 60 }),
  backlogBytes: whole("As client.backlogBytes, for this session.", 64 * KIB, 1024 * MIB, {
    fallback: "client.backlogBytes",
  }),
  schedule,
  dynamicSessions: whole(
    "How many clients with CompIDs that no table has may log on as this one says; each keeps its place for good. 0: none.",
    0,
    256,
    { default: 0 },
  ),
  allow: Type.Optional(
    Type.Array(network("Address or range."), {
      description: "Addresses it may connect from; left out: any.",
      minItems: 1,
      maxItems: 256,
    }),
  ),
  username: printable("Username (553) its Logon has to carry; needs passwordHash."),
  passwordHash: Type.Optional(
    Type.String({
      description: "Salted hash of the Password (554) its Logon has to carry, as sallyport hash-password prints it.",
      pattern: "^\\$argon2id\\$[!-~]{20,500}$",
      expected: "what sallyport hash-password prints",
      secret: true,
    }),
  ),
  ...sessionOptions,
  ...clientValidation,
});

const client = table("The side where trading clients log on.", {
  listen: addresses("Where clients connect; IPv6 as [::1]:9001; port 0 takes a free one.", 0, {
    default: "127.0.0.1:9001",
  }),
  maxConnections: whole("Connections at once, logged on or not.", 1, 4096, { default: 64 }),
  logonTimeoutMs: whole("How long a connection may stay without a Logon, milliseconds.", 100, 60_000, {
    default: 5_000,
  }),
  maxMessageBytes: whole("Longest message taken, bytes.", KIB, MIB, { default: 8 * KIB }),
  heldBytes,
  backlogBytes: backlogBytes("Unsent bytes after which a session that does not read is closed.", MIB),
  sessions: named("The client sessions by name.", clientSession, { minProperties: 1, maxProperties: 4096 }),
});

const venue = table("One exchange session, which we initiate.", {
  address: addresses("Where the venue listens; of several, the next is tried where one fails.", 1),
  compId: id("The venue's CompID (56 in what we send).", { fallback: "the venue's name" }),
  gatewayCompId,
  version,
  heartBtIntS: whole("HeartBtInt (108) we ask for, seconds.", 1, 3600, { default: 30 }),
  resetOnLogon: resetOnLogon("We send ResetSeqNumFlag (141=Y) with every Logon."),
  reconnectMinMs: whole("First wait before connecting again, milliseconds; doubles up to the longest.", 10, 600_000, {
    default: 100,
  }),
  reconnectMaxMs: whole("Longest wait before connecting again, milliseconds.", 10, 600_000, { default: 5_000 }),
  resendOrdersWithinS: whole(
    "On a ResendRequest, orders younger than this many seconds are sent again; older ones are gap-filled and reported as rejected. 0: none is ever sent again.",
    0,
    3600,
    { default: 5 },
  ),
  unknownGroups: choice(
    "Orders and replaces with repeating groups, or fields in them, that the venue's version or dictionary does not have there: reject refuses them, drop sends them without. A cancel is always sent.",
    ["reject", "drop"],
    { default: "reject" },
  ),
  fields: table("Fields of orders, replaces and cancels.", {
    drop: Type.Array(whole("Tag.", 1, 999_999_999), {
      description:
        "Tags that are left out of what goes to the venue, where the gateway does not carry them; a request with any other such field is refused.",
      default: [],
      maxItems: 1024,
      uniqueItems: true,
    }),
  }),
  heldBytes,
  backlogBytes: backlogBytes("Unsent bytes after which the session is closed.", 4 * MIB),
  schedule,
  username: printable("Username (553) in our Logon."),
  password: printable("Password (554) in our Logon; passwordFile keeps it out of this file.", { secret: true }),
  passwordFile: Type.Optional(
    Type.String({
      description: "File whose one line is the Password (554) in our Logon.",
      minLength: 1,
      maxLength: 1024,
    }),
  ),
  ...sessionOptions,
  ...venueValidation,
});

const routing = table("Which venue gets an order.", {
  default: Type.Optional(id("Venue of the symbols that name none.")),
});

const collarPercent = decimal("How far a limit price may lie from the reference price, percent.", 4, MAX_PERCENT);

export const symbolSchema = table("One symbol that may be traded; all others are refused.", {
  venue: id("Where its orders go.", { fallback: "routing.default" }),
  referencePrice: decimal("Reference price of the collar and of a market order's notional.", 8, MAX_PRICE),
  collarPercent: decimal("How far a limit price may lie from the reference price, percent.", 4, MAX_PERCENT, {
    fallback: "risk.collarPercent",
  }),
  enabled: flag("Whether new orders are taken.", { default: true }),
});

export const accountSchema = table("The limits of one account; all are required.", {
  maxOrderQty: whole("Largest OrderQty (38) of one order, whole units.", 1, 1_000_000_000),
  maxOrderNotional: decimal("Largest quantity × price of one order, in the price's currency.", 4, MAX_MONEY),
  maxOpenOrders: whole("Open orders at once.", 1, 16_777_216),
  ordersPerSecond: whole("New orders and replaces in one second.", 1, 10_000_000),
  enabled: flag("Whether new orders are taken.", { default: true }),
});

const risk = table("Limits before an order leaves. What has no limit is blocked.", {
  collarPercent: Type.Optional(collarPercent),
  kill: flag("Start with the kill switch engaged: new orders and replaces are refused, cancels pass.", {
    default: false,
  }),
  accounts: named("The accounts by name (1).", accountSchema, { minProperties: 1, maxProperties: 65_536 }),
});

const core = table("Order state.", {
  maxOrders: whole("Orders kept: the open ones, and done ones that are remembered.", 1_024, 16_777_216, {
    default: 1_048_576,
  }),
});

const journal = table("What is written before it is sent.", {
  segmentMiB: whole("Size of one journal file, MiB; two per stream are kept ready.", 1, MAX_SEGMENT_MIB, {
    default: 32,
  }),
  spareMiB: whole("More of each stream that is made at the start, memory included, for bursts, MiB.", 0, 1_048_576, {
    default: 0,
  }),
  durability: choice(
    "process: what is sent survives the process, in the system's page cache; disk: nothing is sent before it is on the disk.",
    ["process", "disk"],
    { default: "process" },
  ),
  resendHours: whole(
    "Segments stay beside the gateway for at least so many hours, for resends; then, and once snapshots cover them, they move to the archive.",
    1,
    8_760,
    { default: 24 },
  ),
  archiveDays: whole("Archived segments are deleted after so many days; 0: never.", 0, 36_500, { default: 0 }),
  archiveGiB: whole("The oldest archived segments are deleted while there are more GiB; 0: any number.", 0, 1_048_576, {
    default: 0,
  }),
  reserveMiB: whole(
    "Disk kept back: when it is full new orders are refused, and cancels and reports go on in this, MiB.",
    0,
    65_536,
    { default: 64 },
  ),
  snapshotMiB: whole(
    "Journal written after which a snapshot of all state is made beside it, MiB: a start reads it and only what is behind it. 0: none.",
    0,
    65_536,
    { default: 128 },
  ),
});

const pool = table("Memory that sessions share for what a slow reader has not taken yet.", {
  maxMiB: whole(
    "As much as all backlogs together may take, MiB; a session that needs more then is disconnected. A session's own bound is its backlogBytes.",
    4,
    2_047,
    { default: 256 },
  ),
  readyMiB: whole("Of that, kept ready so that a backlog begins without a page fault, MiB.", 0, 2_047, { default: 4 }),
  idleS: whole("What no session has needed for so long goes back to the system, seconds.", 1, 86_400, { default: 10 }),
});

const exchange = table(
  "The built-in exchange, for trying things out; it runs inside when this table is there.",
  {
    listen: addresses("Where it listens; port 0 takes a free one.", 0, { default: "127.0.0.1:9101" }),
    compId: id("Its CompID.", { default: "EXCHANGE" }),
    sessions: Type.Array(id("CompID."), {
      description: "CompIDs that may log on to it.",
      fallback: "our CompIDs in venues that point at it",
      minItems: 1,
      maxItems: 1024,
      uniqueItems: true,
    }),
    versions: Type.Optional(
      named("FIX versions by CompID.", choice("FIX version of the session.", [...VERSIONS]), {
        fallback: "the version of the venue that points at it with this CompID, else FIX.4.4",
      }),
    ),
    maxOrders: whole("Orders it can hold open.", 1_024, 16_777_216, { default: 262_144 }),
  },
  /* There only when asked for. */ { default: undefined },
);

export const configSchema = table("Configuration of Sallyport.", {
  gateway,
  lanes,
  sockets,
  client,
  venues: named("The exchange sessions by name.", venue, { minProperties: 1, maxProperties: 1024 }),
  calendars: named("Hours by name.", calendar, { default: {}, minProperties: 0, maxProperties: 256 }),
  routing,
  symbols: named("The symbols (55) by name.", symbolSchema, { minProperties: 1, maxProperties: 65_536 }),
  risk,
  core,
  journal,
  memory,
  pool,
  upgrade,
  exchange: Type.Optional(exchange),
});

/** What the schema accepts, constant defaults applied; the fields with a `fallback` may still be absent. */
export type ConfigFile = Static<typeof configSchema>;

type Replace<T, R> = Omit<T, keyof R> & R;

export type ClientConfig = Replace<Static<typeof client>, { listen: Address[] }>;
/** `password` comes from `passwordFile`, if there is one, when the gateway starts. */
export type VenueConfig = Replace<Static<typeof venue>, { address: Address[] }>;
export type AccountConfig = Replace<
  Omit<Static<typeof accountSchema>, "maxOrderNotional">,
  /** Money in 1e-4. */
  { maxOrderNotionalE4: number }
>;
export type SymbolConfig = Replace<
  Omit<Static<typeof symbolSchema>, "referencePrice" | "collarPercent">,
  {
    referencePriceE8: number;
    /** Parts per million of the reference price: 5 % is 50,000. */
    collarPpm: number;
  }
>;
/** Hours with every default in place; times are seconds of the day in the zone. */
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
}
export type FixVersionName = (typeof VERSIONS)[number];
export type ExchangeConfig = Replace<
  Static<typeof exchange>,
  {
    listen: Address[];
    /** One of each session. */
    versions: Record<string, FixVersionName>;
  }
>;

/** A configuration with every default in place, checked as a whole; the tables by name have no prototype. */
export interface GatewayConfig {
  gateway: ConfigFile["gateway"];
  lanes: LanesConfig;
  sockets: ConfigFile["sockets"];
  client: ClientConfig;
  venues: Record<string, VenueConfig>;
  calendars: Record<string, CalendarConfig>;
  /** In which every venue and account that is named exists. */
  symbols: Record<string, SymbolConfig>;
  risk: { kill: boolean; accounts: Record<string, AccountConfig> };
  core: ConfigFile["core"];
  journal: ConfigFile["journal"];
  upgrade: ConfigFile["upgrade"];
  memory: ConfigFile["memory"];
  pool: ConfigFile["pool"];
  exchange: ExchangeConfig | null;
}
