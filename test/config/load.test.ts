import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ORDER_TYPES, type OrderType, TIMES_IN_FORCE, type TimeInForce } from "../../src/base/order-kinds.ts";
import { loadConfig } from "../../src/config/load.ts";
import { changed, problemsOf, SMALL } from "./small.ts";

/** Of client sessions and venues alike. */
/** What an account, a client and a session may use by default. */
const RIGHTS = {
  orderTypes: Object.keys(ORDER_TYPES) as OrderType[],
  timesInForce: Object.keys(TIMES_IN_FORCE) as TimeInForce[],
  shortSales: true,
  locateRequired: false,
};

const UNCHANGED = { drop: [], rename: {}, set: {} };
const OPTIONS = {
  checkLatency: true,
  maxLatencyS: 120,
  timestampPrecision: "milliseconds",
  nextExpectedMsgSeqNum: false,
  lastMsgSeqNumProcessed: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  maxResendRequest: 0,
  maxSameResends: 10,
} as const;
const switches = (strict: boolean) => ({
  validateFieldsOutOfOrder: true,
  validateFieldsHaveValues: true,
  validateUserDefinedFields: strict,
  checkRequiredTags: true,
  allowUnknownMsgFields: !strict,
  rejectInvalidMessage: strict,
});

const PLAIN = {
  collarWidthE8: 0n,
  collarSides: "both",
  prices: "above-zero",
  quantityDecimals: 0,
  locateRequired: false,
  lists: 0n,
  multiplierE8: 100_000_000n,
} as const;
const MESSAGE_LIMITS = {
  orderMessages: 0,
  orderMessagesDisconnect: 0,
  orderMessagesWindowMs: 1_000,
  cancelMessages: 0,
  cancelMessagesDisconnect: 0,
  cancelMessagesWindowMs: 1_000,
  allMessages: 0,
  allMessagesDisconnect: 0,
  allMessagesWindowMs: 1_000,
} as const;

test("defaults and units are put in place", () => {
  const { file: _file, ...loaded } = loadConfig(SMALL, "file.toml") as { file: unknown };
  expect(loaded as unknown).toEqual({
    config: {
      gateway: { compId: "GATEWAY", data: "./sallyport-data" },
      lanes: {
        preset: "one",
        place: [{ agents: ["client0", "core", "venue0", "keeper"], cpu: null, idle: "auto" }],
        warmUp: "auto",
        warmUpMaxMs: 3_000,
        stallUs: 100,
        fifoPriority: 0,
        keepOthersOff: true,
        cpuLatency: "auto",
      },
      sockets: {
        busyPollUs: 0,
        preferBusyPoll: false,
        congestionControl: "reno",
        quickAck: false,
        keepAliveIdleS: 30,
        keepAliveIntervalS: 10,
        keepAliveCount: 3,
        userTimeoutMs: 60_000,
      },
      client: {
        ...MESSAGE_LIMITS,
        listen: [{ host: "127.0.0.1", port: 9001 }],
        maxConnections: 64,
        maxBeforeLogon: 32,
        maxPerAddress: 64,
        maxPerNetwork: 64,
        network4Bits: 24,
        network6Bits: 56,
        lockAfter: 0,
        logonTimeoutMs: 5000,
        awaitVenuesMs: 5000,
        maxMessageBytes: 8192,
        heldBytes: 262_144,
        backlogBytes: 1_048_576,
        spareSessions: 8,
        tls: null,
        sessions: {
          CLIENT: {
            ...MESSAGE_LIMITS,
            compId: "CLIENT",
            gatewayCompId: "GATEWAY",
            version: "FIX.4.4",
            resetOnLogon: false,
            accounts: ["ACC1"],
            maxHeartBtIntS: 60,
            newestConnectionWins: false,
            dynamicSessions: 0,
            duplicateWindowMs: 1_000,
            duplicatesIgnorePrices: false,
            ...RIGHTS,
            ...OPTIONS,
            cancelOnDisconnect: "none",
            cancelOnDisconnectWindowMs: 0,
            cancelOnDisconnectOrders: "all",
            cancelOnDisconnectByLogon: false,
            validate: true,
            ...switches(true),
            backlogBytes: 1_048_576,
          },
        },
      },
      venues: {
        SIM: {
          address: [{ host: "127.0.0.1", port: 9101 }],
          compId: "SIM",
          gatewayCompId: "GATEWAY",
          version: "FIX.4.4",
          heartBtIntS: 30,
          resetOnLogon: false,
          reconnectMinMs: 100,
          reconnectMaxMs: 5000,
          refusedMaxMs: 60_000,
          resendOrdersWithinS: 5,
          ...OPTIONS,
          orderTypes: ["market", "limit"],
          timeInForce: ["day", "gtc", "ioc", "fok"],
          unknownGroups: "reject",
          fields: { ...UNCHANGED, D: UNCHANGED, F: UNCHANGED, G: UNCHANGED },
          symbols: {},
          throttle: {
            messages: 0,
            windowMs: 1_000,
            mode: "reject",
            queueLength: 256,
            expireMs: 1_000,
            cancels: 4_096,
          },
          answerWithinS: 0,
          statusRequests: 0,
          statusAtLogon: false,
          statusAtLogonWithinS: 30,
          answerClientS: 0,
          heldBytes: 262_144,
          backlogBytes: 4_194_304,
          validate: false,
          ...switches(false),
        },
      },
      calendars: {},
      routing: { rules: [] },
      symbols: {
        AAPL: {
          ...{ venue: "SIM", referencePriceE8: 15_025_000_000n, collarPpm: 50_000, ...PLAIN, enabled: true },
          ...{ referenceSources: ["operator", "configuration"], quotesStaleMs: 30_000, executionsStaleMs: 300_000 },
        },
      },
      risk: {
        kill: false,
        firm: { firmOrderMessagesWindowMs: 1_000, firmAllMessagesWindowMs: 1_000 },
        clients: {},
        currencies: {},
        traders: {},
        accounts: {
          ACC1: {
            maxOrderQtyE8: 100_000_000_000n,
            maxOrderNotionalE4: 2_500_005_000n,
            ...{ restrictedBuy: 0n, restrictedSell: 0n, restrictedShort: 0n },
            maxOpenOrders: 100,
            ordersPerSecond: 50,
            duplicateWindowMs: 1_000,
            duplicatesIgnorePrices: false,
            executionsWindowMs: 60_000,
            selfTrade: "off",
            selfTradeGroup: "account",
            enabled: true,
            ...RIGHTS,
          },
        },
      },
      pool: { maxMiB: 256, readyMiB: 4, idleS: 10 },
      alarms: {
        off: [],
        timeoutMs: 3_000,
        giveUpAfterS: 3_600,
        sessionGraceS: 60,
        downS: 2,
        limitPercents: [70, 80, 90, 100],
        journalLagPercent: 50,
        diskFreePercent: 10,
        clockOffsetUs: 100,
        stallsPerMinute: 1_000,
        collectionsPerMinute: 30,
        heapPercent: 80,
        rejectPercent: 20,
        rejectsAtLeast: 20,
        baseline: true,
        baselineFactor: 3,
        latencyP99Us: 0,
      },
      metrics: { mostNames: 200, otlpEveryS: 10 },
      quotes: { everyMs: 1_000, movePercent: 0.1 },
      profiles: { captures: 20, maxMiB: 256, onAlarm: true, alarmSeconds: 3, alarmEveryS: 900 },
      core: {
        maxOrders: 1_048_576,
        spareVenues: 2,
        maxPositions: 65_536,
        spareNames: 256,
        tradingDay: { beginsS: 0, offsets: [{ fromUs: Date.UTC(2020, 0) * 1000, offsetS: 0 }] },
      },
      journal: {
        segmentMiB: 32,
        bufferMiB: 16,
        bufferDirectory: "auto",
        spareMiB: 0,
        durability: "process",
        resendHours: 24,
        archiveDays: 365,
        archiveGiB: 16,
        reserveMiB: 64,
        snapshotMiB: 128,
      },
      memory: { limitMiB: 0, lock: true, prefault: true, hugePages: true, numa: true, dump: false },
      upgrade: { sessionsWithinS: 60 },
      admin: {
        tls: null,
        certificates: {},
        socket: "auto",
        listen: [],
        users: {},
        tokens: {},
        confirm: [],
        confirmWithinS: 600,
        requestsPerSecond: 50,
        maxConnections: 64,
        maxBodyBytes: 65_536,
      },
      day: {},
      dropCopy: null,
      exchange: null,
    },
    warnings: [],
  });
});

test("what a session and a symbol say goes before the defaults", () => {
  const { config } = loadConfig(
    `${SMALL.replace("[routing]", '[venues.OTHER]\naddress = "[::1]:9102"\ngatewayCompId = "US"\n[routing]')}
    [client.sessions.DESK]
    accounts = ["ACC1"]
    compId = "ALPHA"
    [symbols."BRK.B"]
    referencePrice = 465
    venue = "OTHER"
    collarPercent = 2.5
    [gateway]
    compId = "PORT"
    [client]
    listen = ["127.0.0.1:9001", "[::1]:9001"]`,
    "file.toml",
  );
  expect(config?.client.sessions.DESK).toMatchObject({ compId: "ALPHA", gatewayCompId: "PORT" });
  expect(config?.venues.OTHER).toMatchObject({ compId: "OTHER", gatewayCompId: "US" });
  expect(config?.symbols["BRK.B"]).toMatchObject({
    venue: "OTHER",
    collarPpm: 25_000,
    referencePriceE8: 46_500_000_000n,
  });
  expect(config?.client.listen).toEqual([
    { host: "127.0.0.1", port: 9001 },
    { host: "::1", port: 9001 },
  ]);
});

test.each<[lanes: string, agents: string[][], cpus: (number | null)[], idle: string[]]>([
  ['preset = "two"\ncpus = [3]', [["client0", "core", "venue0"], ["keeper"]], [3, null], ["auto", "auto"]],
  [
    'preset = "wide"\nidle = "park"\ncpus = [0, 0, 1, 1]',
    [["client0"], ["core"], ["venue0"], ["keeper"]],
    [0, 0, 1, 1],
    ["park", "park", "park", "park"],
  ],
  [
    'idle = "spin"\n[[lanes.place]]\nagents = ["client", "core", "venue0", "venue1"]\ncpu = 2\n[[lanes.place]]\nagents = ["keeper"]\nidle = "park"',
    [["client0", "core", "venue0", "venue1"], ["keeper"]],
    [2, null],
    ["spin", "park"],
  ],
])("%#: lanes are placed", (lanes, agents, cpus, idle) => {
  const place = loadConfig(`${SMALL}[lanes]\n${lanes}`, "file.toml").config?.lanes.place;
  expect(place?.map((one) => one.agents)).toEqual(agents);
  expect(place?.map((one) => one.cpu)).toEqual(cpus);
  expect(place?.map((one) => one.idle as string)).toEqual(idle);
});

test("names of Object's own are only there when the file has them", () => {
  const { config } = loadConfig(changed("[symbols.AAPL]", "[symbols.constructor]"), "file.toml");
  expect(config?.symbols.constructor).toMatchObject({ venue: "SIM" });
  expect("toString" in config!.symbols).toBe(false);
});

test("the built-in exchange lets in the venues that point at it", () => {
  const exchange = changed(
    'address = "127.0.0.1:9101"',
    'address = "127.0.0.1:9101"\ncompId = "EXCHANGE"\ngatewayCompId = "US"',
  );
  expect(loadConfig(`${exchange}[exchange]`, "file.toml").config?.exchange).toEqual({
    listen: [{ host: "127.0.0.1", port: 9101 }],
    compId: "EXCHANGE",
    sessions: ["US"],
    versions: { US: "FIX.4.4" },
    maxOrders: 262_144,
  });
});

test("every problem is listed, of fields and of names alike", () => {
  const text = changed("maxOrderQty = 1000", "maxOrderQty = 0").replace('default = "SIM"', 'default = "VENUE9"');
  expect(problemsOf(text)).toEqual([
    "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got 0",
    'routing.default: expected the name of a venue in venues, got "VENUE9"',
  ]);
});

test("an empty file is told what is missing", () => {
  expect(problemsOf("").map((line) => line.split(":")[0])).toEqual([
    "venues",
    "symbols",
    "client.sessions",
    "risk.accounts",
  ]);
});

test("the example loads, and what it shows as defaults are the defaults", () => {
  const text = readFileSync(join(import.meta.dir, "../../appliance/gateway.toml"), "utf8");
  const { config, problems } = loadConfig(text, "gateway.toml");
  expect(problems).toBeUndefined();
  // Commented fields are `# name = value  # meaning`; taken in, they change nothing.
  const placement = /^# \[\[lanes\.place\]\][\s\S]*?(?=\n\n)/m;
  expect(text).toMatch(placement);
  const whole = text
    .replace(placement, "")
    .replace(/^# cpus = .*$/m, "")
    .replace(/^# ([a-zA-Z]+ = )/gm, "$1");
  expect(whole).not.toBe(text);
  const { config: again, warnings } = loadConfig(whole, "gateway.toml") as { config: unknown; warnings: unknown };
  expect({ config: again, warnings }).toEqual({ config: config!, warnings: [] });
});

test("a session's limits of messages go before those of all", () => {
  const { config } = loadConfig(
    changed(
      'accounts = ["ACC1"]',
      'accounts = ["ACC1"]\norderMessages = 7\n[client]\norderMessages = 5\nallMessages = 9\nallMessagesWindowMs = 3_000',
    ),
    "file.toml",
  ) as { config: { client: { sessions: Record<string, object> } } };
  expect(config.client.sessions.CLIENT).toMatchObject({
    ...MESSAGE_LIMITS,
    orderMessages: 7,
    allMessages: 9,
    allMessagesWindowMs: 3_000,
  });
});
