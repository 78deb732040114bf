import { expect, test } from "bun:test";
import type { TlsState } from "../../../appliance/doctor/box.ts";
import { tlsChecks } from "../../../appliance/doctor/tls.ts";
import type { CertificateView } from "../../../src/tls/identities.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-12-01T00:00:00Z");

const state = (more: Partial<TlsState>): TlsState => ({
  ...{ side: "client.tls", problem: null, keyMode: null },
  ...{ certificates: [], authorities: [], lists: [] },
  ...more,
});

function certificate(days: number, fromDays = -10): CertificateView {
  const [from, until] = [fromDays, days].map((one) => new Date(NOW_MS + one * DAY_MS));
  return { subject: "CN=one", identities: [], issuer: "CN=main", sha256: "", from: from!, until: until! };
}

function verdicts(...states: TlsState[]): [string, string][] {
  return tlsChecks({ tls: states, nowMs: NOW_MS }).map(({ name, verdict }) => [name, verdict]);
}

test("without a table tls there is one row", () => {
  expect(verdicts()).toEqual([["TLS", "not applicable"]]);
});

test.each([
  [31, "ok"],
  [29, "warn"],
  [8, "warn"],
  [6.9, "fail"],
  [0.5, "fail"],
  [-1, "fail"],
])("our certificate that has %p days left: %s; the first that ends counts", (days, verdict) => {
  expect(verdicts(state({ certificates: [certificate(90), certificate(days)] }))).toEqual([
    ["client.tls.certificate", verdict],
  ]);
});

test("a certificate that is not valid yet fails", () => {
  expect(verdicts(state({ certificates: [certificate(90, 1)] }))).toEqual([["client.tls.certificate", "fail"]]);
});

test("of authorities one that ends is a warning, and all that have ended a failure", () => {
  const row = (...days: number[]) => verdicts(state({ authorities: days.map((one) => certificate(one)) }))[0]![1];
  expect([row(90), row(90, 3), row(90, -3), row(-3, -4)]).toEqual(["ok", "warn", "warn", "fail"]);
});

test("a revocation list that is out of date fails, and warns on its last day", () => {
  const row = (...days: (number | null)[]) =>
    verdicts(
      state({ lists: days.map((one) => ({ issuer: "main", untilMs: one === null ? null : NOW_MS + one * DAY_MS })) }),
    );
  expect(row(null)).toEqual([]);
  expect([row(5), row(5, 0.5), row(5, -0.5)].map((rows) => rows[0]![1])).toEqual(["ok", "warn", "fail"]);
});

test("a problem takes the place of its file's row, and stands beside the others", () => {
  const problem = { where: "client.tls.key", what: "key values mismatch" };
  const side = state({ problem, keyMode: "640", certificates: [certificate(90)] });
  expect(verdicts(side, state({ side: "admin.tls", keyMode: "600" }))).toEqual([
    ["client.tls.certificate", "ok"],
    ["client.tls.key", "fail"],
    ["admin.tls.key", "ok"],
  ]);
});
