import { expect, test } from "bun:test";
import { loadConfig } from "../../../src/config/load.ts";
import type { GatewayConfig } from "../../../src/config/schema.ts";
import { ACCOUNTS, SESSIONS } from "../../../src/core/assembly/layout.ts";
import { ConfiguredChanges } from "../../../src/gateway/operation/configured-changes.ts";
import type { CoreState } from "../../../src/gateway/operation/core-state.ts";
import { STRUCTURE_ADD, STRUCTURE_GRANT, STRUCTURE_RETIRE } from "../../../src/record/control-codes.ts";
import { coreConfig } from "../../../src/recovery/recovery.ts";
import { SMALL } from "../../config/small.ts";

/** A core that knows these sessions, and nothing else yet. */
function knowing(sessions: readonly number[]): ConfiguredChanges {
  const core = {
    configured: {
      names: () => [],
      sessions: () => sessions,
      accountsOf: () => [],
      formOf: () => null,
      routingDigest: () => 0n,
    },
    reader: { rowNames: () => [], settings: () => null },
    sessionName: (id: number) => ["CLIENT", "GONE"][id],
  };
  return new ConfiguredChanges(core as unknown as CoreState);
}

test("a session that is gone is not taken from the core with the other changes, but behind them", () => {
  const { config } = loadConfig(SMALL, "file") as { config: GatewayConfig };
  const wanted = coreConfig(config, { CLIENT: 0, GONE: 1 }, { SIM: 0 });
  const changes = knowing([1]);
  const ofSessions = changes.of(wanted).filter(({ subject }) => subject === SESSIONS);
  expect(ofSessions.map(({ name, setting }) => [name, setting])).toEqual([["CLIENT", STRUCTURE_ADD]]);
  expect(changes.goneSessions(wanted)).toMatchObject([
    { name: "GONE", setting: STRUCTURE_RETIRE, value: 1n, undo: [{ name: "GONE", setting: STRUCTURE_ADD }] },
  ]);
  expect(knowing([0]).goneSessions(wanted)).toEqual([]);
});

test("an account that is taken back after it was retired is given back to sessions that the file does not have", () => {
  const { config } = loadConfig(SMALL, "file") as { config: GatewayConfig };
  const wanted = coreConfig(config, { CLIENT: 0, GONE: 1 }, { SIM: 0 });
  const core = {
    configured: {
      names: (subject: number) => (subject === ACCOUNTS ? ["OLD"] : []),
      sessions: () => [0, 1],
      accountsOf: () => ["OLD"],
      formOf: () => null,
      routingDigest: () => 0n,
    },
    reader: { rowNames: () => ["OLD"], settings: () => null },
    sessionName: (id: number) => ["CLIENT", "GONE"][id],
  };
  const changes = new ConfiguredChanges(core as unknown as CoreState).of(wanted).filter(({ name }) => name === "OLD");
  const back = changes.flatMap(({ undo }) => undo).reverse();
  expect(back.map(({ setting, value }) => [setting, value])).toEqual([
    [STRUCTURE_ADD, 0n],
    [STRUCTURE_GRANT, 1n],
    [STRUCTURE_GRANT, 0n],
  ]);
});
