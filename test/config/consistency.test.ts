import { expect, test } from "bun:test";
import { changed, problemsOf } from "./small.ts";

test("a collar may end at the largest price", () => {
  expect(problemsOf(changed('"150.25"', '"87619047619.04761904"'))).toEqual([]);
  expect(problemsOf(changed('"150.25"', '"150.25"\ncollarWidth = "91999999849.75"'))).toEqual([]);
});

test.each<[from: string, to: string, ...problems: string[]]>([
  [
    'default = "SIM"',
    'default = "SIN"',
    'routing.default: expected the name of a venue in venues, got "SIN"; did you mean "SIM"?',
  ],
  ['default = "SIM"', "", "symbols.AAPL.venue: missing; expected the name of a venue here or in routing.default"],
  [
    'referencePrice = "150.25"',
    'referencePrice = "150.25"\nvenue = "NOWHERE"',
    'symbols.AAPL.venue: expected the name of a venue in venues, got "NOWHERE"',
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\nrenamedFrom = "SIM"',
    "venues.SIM.renamedFrom: expected a former name: SIM is there still, or is another's former name",
  ],
  [
    "collarPercent = 5",
    "",
    "symbols.AAPL.collarPercent: missing; expected a percentage here or for all symbols in risk.collarPercent",
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = ["ACC1", "ACC2"]',
    'client.sessions.CLIENT.accounts[1]: expected the name of an account in risk.accounts, got "ACC2"; did you mean "ACC1"?',
  ],
  [
    "maxOpenOrders = 100",
    "maxOpenOrders = 1048577",
    "risk.accounts.ACC1.maxOpenOrders: expected at most core.maxOrders (1048576), got 1048577",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\nfields.drop = [11, 38, 59, 21, 58]\nfields.D.rename = { 44 = 9001, 5001 = 49, 5002 = 9002, 5003 = 9002 }\nfields.F.set = { 41 = "X", 54 = "1" }',
    "venues.SIM.fields.drop[0]: 11 can't be dropped",
    "venues.SIM.fields.drop[1]: 38 can't be dropped",
    "venues.SIM.fields.drop[2]: 59 can't be dropped",
    "venues.SIM.fields.D.rename.44: 44 can't be renamed",
    "venues.SIM.fields.D.rename.5001: no field can be renamed to 49",
    "venues.SIM.fields.D.rename.5003: expected another new tag, got 9002 as for 5002",
    "venues.SIM.fields.F.set.41: 41 can't have a fixed value",
    "venues.SIM.fields.F.set.54: 54 can't have a fixed value",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\nfields.drop = [58, 100]\nfields.rename = { 58 = 9001, 1 = 440 }\nfields.set = { 1 = "HOUSE", 100 = "XNAS" }',
    "venues.SIM.fields.rename.1: has a fixed value, too",
    "venues.SIM.fields.rename.58: is dropped, too",
    "venues.SIM.fields.set.100: is dropped, too",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\nfields.rename = { 58 = 9001, 355 = 9002, 5001 = 354 }\nfields.set = { 9001 = "X", 95 = "1" }',
    "venues.SIM.fields.rename.58: 9001 has a fixed value",
    "venues.SIM.fields.rename.355: 355 can't be renamed",
    "venues.SIM.fields.rename.5001: no field can be renamed to 354",
    "venues.SIM.fields.set.95: 95 can't have a fixed value",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\norderTypes = ["limit", "stop-limit"]\nfields.drop = [99, 432]\nfields.set = { 126 = "20261231-00:00:00" }',
    "venues.SIM.fields.drop[0]: 99 can't be dropped",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\ntimeInForce = ["day", "gtd"]\nfields.drop = [99]\nfields.D.rename = { 432 = 9001, 5001 = 126 }',
    "venues.SIM.fields.D.rename.432: 432 can't be renamed",
    "venues.SIM.fields.D.rename.5001: no field can be renamed to 126",
  ],
  [
    "[venues.SIM]",
    '[venues.SIM]\nfields.drop = [141, 152]\nfields.rename = { 5001 = 554, 5002 = 516 }\nfields.D.set = { 141 = "Y", 152 = "1000", 21 = "1" }',
    "venues.SIM.fields.rename.5001: no field can be renamed to 554",
    "venues.SIM.fields.rename.5002: no field can be renamed to 516",
    "venues.SIM.fields.D.set.141: 141 can't have a fixed value",
    "venues.SIM.fields.D.set.152: 152 can't have a fixed value",
  ],
  [
    "[venues.SIM]",
    '[client.sessions.TWIN]\ncompId = "CLIENT"\naccounts = ["ACC1"]\n[venues.SIM]',
    "client.sessions.TWIN: expected unique CompIDs, got CLIENT → GATEWAY as in client.sessions.CLIENT",
  ],
  [
    "[routing]",
    '[venues.TWIN]\naddress = "127.0.0.1:9101"\ncompId = "SIM"\n[routing]',
    "venues.TWIN: expected unique CompIDs, got GATEWAY → SIM at 127.0.0.1:9101 as in venues.SIM",
  ],
  [
    "[risk]\n",
    '[client]\nlisten = ["0.0.0.0:9001", "127.0.0.1:9001"]\n[risk]\n',
    'client.listen[1]: expected an unused port, got "127.0.0.1:9001", which client.listen[0] uses',
  ],
  [
    "[risk]\n",
    '[exchange]\nlisten = "127.0.0.1:9001"\n[risk]\n',
    'exchange.listen: expected an unused port, got "127.0.0.1:9001", which client.listen uses',
  ],
  [
    "[risk]\n",
    "[exchange]\n[risk]\n",
    'venues.SIM.compId: expected "EXCHANGE" (exchange.compId, which listens there), got "SIM"',
  ],
  [
    "[risk]\n",
    '[exchange]\ncompId = "SIM"\nsessions = ["X"]\n[risk]\n',
    'exchange.sessions: expected "GATEWAY" among them, the CompID of venues.SIM, got none such',
  ],
  [
    "[risk]\n",
    "[client]\nbacklogBytes = 65536\nmaxMessageBytes = 65536\n[risk]\n",
    "client.backlogBytes: expected at least twice client.maxMessageBytes (65536), got 65536",
  ],
  [
    "[risk]\n",
    "[client]\nbacklogBytes = 1048576\nmaxMessageBytes = 524288\n[journal]\nsegmentMiB = 1\n[risk]\n",
    "journal.segmentMiB: expected at least 4 times client.maxMessageBytes (524288), got 1",
  ],
  [
    'address = "127.0.0.1:9101"',
    'address = "127.0.0.1:9101"\nreconnectMinMs = 9000',
    "venues.SIM.reconnectMaxMs: expected at least reconnectMinMs (9000), got 5000",
  ],
  // Lanes.
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue"]\n[risk]\n',
    'lanes.place: expected a lane with "keeper" among its agents, got none',
  ],
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue", "keeper", "client0"]\n[risk]\n',
    'lanes.place[0].agents[4]: expected each agent once, got "client0" again',
  ],
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue", "venue1", "keeper"]\n[[lanes.place]]\nagents = ["client1"]\n[risk]\n',
    'lanes.place[1].agents[0]: expected "client" or "client0", the only agent that accepts connections, got "client1"',
  ],
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue", "keepr"]\n[risk]\n',
    'lanes.place[0].agents[3]: expected "client", "core", "venue", "keeper" or "exchange" (or "client0" to "client9", "venue0" to "venue9"), got "keepr"',
    'lanes.place: expected a lane with "keeper" among its agents, got none',
  ],
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue", "keeper", "exchange"]\n[risk]\n',
    "lanes.place[0].agents[4]: expected an [exchange] table beside it, got none",
  ],
  [
    "[risk]\n",
    '[lanes]\ncpus = [0]\n[[lanes.place]]\nagents = ["core", "client", "venue", "keeper"]\n[risk]\n',
    "lanes.cpus: expected none beside lanes.place; set cpu of each lane there",
  ],
  [
    "[risk]\n",
    '[lanes]\npreset = "two"\nidle = "spin"\ncpus = [0, 0]\n[risk]\n',
    "lanes.cpus[1]: expected an unshared CPU, because a lane that spins uses all of it, got 0 as in lane 0",
  ],
  [
    "[risk]\n",
    '[[lanes.place]]\nagents = ["core", "client", "venue"]\ncpu = 1\nidle = "spin"\n[[lanes.place]]\nagents = ["keeper"]\ncpu = 1\n[risk]\n',
    "lanes.place[1].cpu: expected an unshared CPU, because a lane that spins uses all of it, got 1 as in lane 0",
  ],
])("%#: %p made %p", (from, to, ...problems) => {
  expect(problemsOf(changed(from, to))).toEqual(problems);
});
