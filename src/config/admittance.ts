import { Type } from "@sinclair/typebox";
import { network, printable } from "./fields.ts";

/** What a certificate says of its owner. */
export const IDENTITY = {
  minLength: 4,
  maxLength: 512,
  pattern: "^[A-Za-z0-9.]+[=:].+$",
  expected: '"CN=ALICE", a whole subject, or "DNS:alice.example"',
} as const;

/** Who may log on to a session: a client's, or one that gets copies. */
export const admittance = {
  allow: Type.Optional(
    Type.Array(network("Address or range."), {
      description: "Addresses that it may connect from. Default: any.",
      minItems: 1,
      maxItems: 256,
    }),
  ),
  certificate: Type.Optional(
    Type.String({
      description:
        'What the certificate of its connection must say: a subject such as "CN=ALICE,O=Firm", its "CN=ALICE" alone, or an alternative name such as "DNS:alice.example", "URI:…", "IP:192.0.2.7", "email:…". It logs on over TLS only then. Default: any, and none.',
      ...IDENTITY,
    }),
  ),
  username: printable("Username (553) of its Logon; needs passwordHash."),
  passwordHash: Type.Optional(
    Type.String({
      description: "Salted hash of the Password (554) of its Logon, from sallyport hash-password.",
      pattern: "^\\$argon2id\\$[!-~]{20,500}$",
      expected: "the output of sallyport hash-password",
      secret: true,
    }),
  ),
};
