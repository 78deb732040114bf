import { Type } from "@sinclair/typebox";
import { network, printable } from "./fields.ts";

/** Who may log on to a session: a client's, or one that gets copies. */
export const admittance = {
  allow: Type.Optional(
    Type.Array(network("Address or range."), {
      description: "Addresses that it may connect from. Default: any.",
      minItems: 1,
      maxItems: 256,
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
