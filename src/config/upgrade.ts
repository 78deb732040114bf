import { Type } from "@sinclair/typebox";
import { table, whole } from "./fields.ts";

export const upgrade = table("Settings of sallyport upgrade.", {
  publicKey: Type.Optional(
    Type.String({
      description:
        "Public Ed25519 key of the signature of executables (FILE.sig): the one line within the PEM that openssl pkey -pubout prints. If it is set, a checksum alone is not accepted.",
      // An Ed25519 SubjectPublicKeyInfo begins with these characters; 32 bytes follow.
      pattern: "^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$",
      expected: 'the 60 characters between the lines "PUBLIC KEY" of an Ed25519 key',
    }),
  ),
  sessionsWithinS: whole(
    "Time within which all earlier sessions must log on again, seconds; otherwise the upgrade is undone. 0: no check.",
    0,
    3600,
    { default: 60 },
  ),
});
