import { Type } from "@sinclair/typebox";
import { IDENTITY } from "./admittance.ts";
import { addresses, choice, date, id, named, table, whole } from "./fields.ts";
import { serverTls } from "./tls.ts";

/** What an operator may do; each may also read. */
const ROLES = ["view", "operate", "risk", "admin"] as const;
export type RoleName = (typeof ROLES)[number];

const role = (description: string) => choice(description, [...ROLES]);
const ROLE_TEXT =
  "view reads; operate also steers sessions, orders and the kill switch; risk also changes limits and lifts the kill switch, but steers no sessions and orders; admin may do everything.";

const token = table("One token, sent as Authorization: Bearer TOKEN.", {
  hash: Type.String({
    description: "Its SHA-256, from sallyport token; the token itself is kept by its user.",
    pattern: "^sha256:[0-9a-f]{64}$",
    expected: "the hash that sallyport token prints",
    secret: true,
  }),
  role: role(ROLE_TEXT),
  expires: Type.Optional(date("Last day (UTC) on which it is accepted. Default: no end.")),
});

const certificate = table("One certificate of a user, shown on an address of admin.tls.", {
  certificate: Type.String({
    description:
      'What it says: a subject such as "CN=DESK,O=Firm", its "CN=DESK" alone, or an alternative name such as "email:desk@firm.example".',
    ...IDENTITY,
  }),
  role: role(ROLE_TEXT),
});

/** The operator's side: API and dashboard. */
export const admin = table("The operator's side: API, dashboard and metrics.", {
  socket: Type.String({
    description:
      "Unix socket of the API; who connects is known from the kernel. auto: admin.sock in the service's runtime directory, else in the data directory; off: none.",
    default: "auto",
    pattern: "^(auto|off|/.{1,106})$",
    expected: '"auto", "off" or an absolute path of up to 107 characters',
  }),
  listen: Type.Optional(
    addresses(
      "Loopback addresses of the API and the dashboard, for tokens; port 0 takes a free one. Default: none.",
      0,
    ),
  ),
  tls: serverTls("the API and the dashboard", "need a token"),
  users: named(
    "Roles on the unix socket by name of the system's user; root and the gateway's own user are admin.",
    role(ROLE_TEXT),
    {
      default: {},
      minProperties: 0,
      maxProperties: 256,
    },
  ),
  tokens: named("Tokens by the name of their user.", token, { default: {}, minProperties: 0, maxProperties: 256 }),
  certificates: named("Certificates by the name of their user.", certificate, {
    default: {},
    minProperties: 0,
    maxProperties: 256,
  }),
  confirm: Type.Array(id("Action, or group of actions: kill-switch.lift, limits."), {
    description: "Actions that a second person must confirm before they are done.",
    default: [],
    maxItems: 64,
    uniqueItems: true,
  }),
  confirmWithinS: whole("Longest time until the second person confirms, seconds.", 10, 86_400, { default: 600 }),
  requestsPerSecond: whole("Most requests of one operator in one second.", 1, 10_000, { default: 50 }),
  maxConnections: whole("Most open connections; those of addresses have at most half of them.", 1, 1_024, {
    default: 64,
  }),
  maxBodyBytes: whole("Longest body of a request, bytes.", 1_024, 1_048_576, { default: 65_536 }),
});
