import { type Static, Type } from "@sinclair/typebox";
import type { Address } from "./address.ts";
import { addresses, choice, table, whole } from "./fields.ts";

const file = (description: string) => Type.Optional(Type.String({ description, minLength: 1, maxLength: 1024 }));

const minVersion = choice("Lowest version of TLS.", ["1.2", "1.3"], { default: "1.2" });
const crl = file(
  "File with certificate revocation lists, PEM: certificates that they name are refused, and so are those of an issuer without a current list.",
);
const crlCheck = choice(
  "For which certificates crl is looked up. peer: the one that the peer shows. chain: those of its issuers, too, up to the authority in ca; then crl needs a current list of each issuer.",
  ["peer", "chain"],
  { default: "peer" },
);

/** The table `tls` of a side that listens. */
export const serverTls = (whose: string, without = "can't log on to sessions with certificate") =>
  Type.Optional(
    table(
      `TLS for ${whose}: its own listeners, beside those without TLS. It uses OpenSSL 3 of this host.`,
      {
        listen: addresses("Addresses on which it listens for connections with TLS; port 0 takes a free one.", 0),
        certificate: Type.String({
          description: "File with our certificate, and after it those of its issuers, PEM.",
          minLength: 1,
          maxLength: 1024,
        }),
        key: Type.String({
          description:
            "File with the private key of the certificate, PEM, without a password; only root, the service's user and its group may read it.",
          minLength: 1,
          maxLength: 1024,
        }),
        ca: file("File with the certificates of the authorities that sign the clients' certificates, PEM."),
        crl,
        crlCheck,
        minVersion,
        clientCertificate: Type.Optional(
          choice(
            `Whether clients have to show a certificate that ca verifies. optional: those that show none ${without}.`,
            ["none", "optional", "required"],
            { fallback: "required with ca, else none" },
          ),
        ),
        handshakeTimeoutMs: whole("Longest time of a handshake, milliseconds.", 100, 60_000, { default: 5_000 }),
        maxHandshakes: whole(
          "Most handshakes at once; above it, a new one ends one of the address with most whose peer is silent, else it waits.",
          1,
          4_096,
          { default: 256 },
        ),
        maxHandshakesPerAddress: whole(
          "Most handshakes at once from one address, of IPv6 from one network of 64 bits; above it, they are refused.",
          1,
          4_096,
          {
            default: 64,
          },
        ),
      },
      /* Absent by default. */ { default: undefined },
    ),
  );

/** The table `tls` of a venue. */
export const venueTls = Type.Optional(
  table(
    "TLS towards this venue. It uses OpenSSL 3 of this host.",
    {
      ca: file(
        "File with the certificates of the authorities that sign the venue's certificate, PEM. Default: those of this host.",
      ),
      crl,
      crlCheck,
      serverName: Type.Optional(
        Type.String({
          description:
            "Host name that the venue's certificate must have; it is sent, too (SNI). Default: the certificate must have the address.",
          pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
          expected: "a host name such as fix.venue.example",
        }),
      ),
      pins: Type.Optional(
        Type.Array(
          Type.String({
            description: "SHA-256 fingerprint.",
            pattern: "^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$",
            expected: "32 bytes in hexadecimal, with colons or without",
          }),
          {
            description:
              "SHA-256 fingerprints of which the venue's certificate must have one, beside what ca verifies. Default: any.",
            minItems: 1,
            maxItems: 16,
            uniqueItems: true,
          },
        ),
      ),
      certificate: file(
        "File with our certificate, and after it those of its issuers, PEM, where the venue wants one.",
      ),
      key: file(
        "File with the private key of certificate, PEM, without a password; only root, the service's user and its group may read it.",
      ),
      minVersion,
    },
    /* Absent by default. */ { default: undefined },
  ),
);

type ServerFile = Static<ReturnType<typeof serverTls>> & object;
/** TLS of a side that listens. */
export type ServerTls = Omit<ServerFile, "listen" | "clientCertificate"> & {
  listen: Address[];
  clientCertificate: "none" | "optional" | "required";
};

/** Applies the defaults that are other fields' values. */
export function resolveServerTls(
  tls: ServerFile | undefined,
  addressList: (listen: string | string[]) => Address[],
): ServerTls | null {
  if (tls === undefined) return null;
  const clientCertificate = tls.clientCertificate ?? (tls.ca === undefined ? "none" : "required");
  return { ...tls, listen: addressList(tls.listen), clientCertificate };
}
