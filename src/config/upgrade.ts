import { Type } from "@sinclair/typebox";
import { table, whole } from "./fields.ts";

export const upgrade = table("How sallyport upgrade takes a new executable.", {
  publicKey: Type.Optional(
    Type.String({
      description:
        "Ed25519 key that signs executables (FILE.sig): the one line within the PEM that openssl pkey -pubout prints. Set: a checksum alone is not enough.",
      // A SubjectPublicKeyInfo of Ed25519 always begins like this, and has 32 bytes behind it.
      pattern: "^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$",
      expected: 'the 60 characters between the lines "PUBLIC KEY" of an Ed25519 key',
    }),
  ),
  sessionsWithinS: whole(
    "How long the sessions that were logged on before have to be on again, seconds; then it goes back. 0: they are not waited for.",
    0,
    3600,
    { default: 60 },
  ),
});
