import type { Metric } from "./metric.ts";

/** Certificates, and connections that were refused before a Logon. */
export const tlsMetrics: readonly Metric[] = [
  {
    name: "sallyport_tls_certificate_expires_seconds",
    type: "gauge",
    help: "Time until our certificate of a side of TLS expires; negative: it has.",
    labels: ["side"],
    unit: "s",
    read: ({ readings: { tls, atMs } }) =>
      tls.flatMap(({ side, untilMs }) =>
        untilMs === null ? [] : [{ labels: [side], value: (untilMs - atMs) / 1_000 }],
      ),
  },
  {
    name: "sallyport_tls_crl_expires_seconds",
    type: "gauge",
    help: "Time until the first revocation list of a side of TLS is out of date; negative: it is, and its authority's certificates are refused.",
    labels: ["side"],
    unit: "s",
    read: ({ readings: { tls, atMs } }) =>
      tls.flatMap(({ side, listsUntilMs }) =>
        listsUntilMs === null ? [] : [{ labels: [side], value: (listsUntilMs - atMs) / 1_000 }],
      ),
  },
  {
    name: "sallyport_tls_files_ok",
    type: "gauge",
    help: "1: the files of a side of TLS are in use as they are; 0: they can't be used, and those before stay.",
    labels: ["side"],
    unit: "1",
    read: ({ readings: { tls } }) =>
      tls.map(({ side, problem }) => ({ labels: [side], value: problem === "" ? 1 : 0 })),
  },
  {
    name: "sallyport_connections_refused_total",
    type: "counter",
    help: "Connections of clients and drop copy clients that were refused before they had a session, by reason; those whose TLS handshake failed, too, also of the API.",
    labels: ["reason"],
    unit: "1",
    read: ({ readings: { refused } }) => refused.map(({ reason, count }) => ({ labels: [reason], value: count })),
  },
];
