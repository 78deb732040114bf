import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { Views } from "../../src/base/views.ts";
import { differences } from "../../src/config/difference.ts";
import { loadConfig } from "../../src/config/load.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import type { ConfigFile, GatewayConfig } from "../../src/config/schema.ts";
import { NO_ANSWER } from "../../src/control/commands.ts";
import type { AgentCommands, LateAnswer } from "../../src/gateway/agent-commands.ts";
import { clientReload, venueReload } from "../../src/gateway/counterparty-reload.ts";
import { rostersOf } from "../../src/gateway/roster.ts";
import { readNames, updateNames } from "../../src/journal/store/names.ts";
import { planGateway } from "../../src/plan/plan.ts";
import { putDefinition, readDefinition } from "../../src/record/definition.ts";
import { SESSION_ADD, SESSION_NOT_BUILT, SESSION_RETIRE, SESSION_REVIVE } from "../../src/record/session-command.ts";
import { SMALL } from "../config/small.ts";
import { nextTurn, until } from "../eventually.ts";
import { scratchDirectory } from "../journal/rig.ts";
import { keptLog } from "../log.ts";

const SPARE = SMALL.replace("[client.", "[client]\nspareSessions = 2\n[client.");
const session = (name: string, more = ""): string => `[client.sessions.${name}]\naccounts = ["ACC1"]\n${more}\n`;
const venue = (name: string, more = ""): string => `[venues.${name}]\naddress = "127.0.0.1:9102"\n${more}\n`;

function loaded(text: string): { file: ConfigFile; config: GatewayConfig } {
  const { file, config, problems } = loadConfig(text, "file") as {
    file: ConfigFile;
    config: GatewayConfig;
    problems?: [];
  };
  expect(problems ?? []).toEqual([]);
  return { file, config };
}

/** A gateway of `start` whose agents do as they are told; `known` are names that its journal has besides. */
function made(known: readonly string[] = [], start = SPARE) {
  const dir = scratchDirectory();
  const { config } = loaded(start);
  const sessions = Object.keys(config.client.sessions);
  const names = updateNames(dir.path, [...sessions, ...known], Object.keys(config.venues), 1 << 25);
  const given = { clients: Object.keys(names.clients).length, venues: Object.keys(names.venues).length };
  const plan = planGateway(config, given);
  const views = new Views(new SharedArrayBuffer(plan.sharedBytes));
  const rosters = rostersOf(config, plan, names);
  const sent: string[] = [];
  const open = new Map<string, number>();
  const places: string[] = [];
  const late: ((answer: LateAnswer) => void)[] = [];
  const state = { refusal: "", answer: null as Promise<unknown> | null };
  const tasks: (() => void)[] = [];
  const agents = {
    sendTo: (member: { name: string; side: { definitionAt: number } }, { kind }: { kind: number }) => {
      const { definitionAt } = member.side;
      if (kind === SESSION_ADD) {
        const { id, row, place } = JSON.parse(readDefinition(views, definitionAt));
        sent.push(`add ${member.name} id ${id} row ${row}`);
        places.push(`${member.name} ${place}`);
      } else
        sent.push(`${kind === SESSION_RETIRE ? "retire" : kind === SESSION_REVIVE ? "revive" : kind} ${member.name}`);
      if (state.answer !== null) return state.answer;
      if (state.refusal === "") return Promise.resolve({ applied: true, reason: "", value: 1_500 });
      putDefinition(views, definitionAt, state.refusal);
      return Promise.resolve({ applied: false, reason: "no", value: 0, code: SESSION_NOT_BUILT });
    },
    followLate: (take: (answer: LateAnswer) => void) => void late.push(take),
  } as unknown as AgentCommands;
  const lines: string[] = [];
  const log = keptLog(lines);
  const parts = {
    ...{ dir: dir.path, names, plan, views, agents, log },
    versions: () => new Set(["FIX.4.4"]),
    tls: { venueProblem: () => null, openVenue: async () => null },
    openOrders: async (members: readonly { name: string }[]) =>
      new Map(members.map((member) => [member, open.get(member.name) ?? 0])),
    tasks: { every: (_ms: number, run: () => void) => tasks.push(run) > 0 && (() => tasks.splice(0)) },
  };
  const clients = clientReload(parts as never, rosters.clients);
  const venues = venueReload(parts as never, rosters.venues);
  /** What a reload would do with `inForce` in force: the refusal of each change, or from when it counts. */
  const verdicts = async (text: string, inForce = start): Promise<string[]> => {
    const { file } = loaded(inForce);
    const changes = differences(file, loaded(text).file);
    for (const part of [clients, venues]) await part.look!(changes);
    return changes.map((change) => {
      const part = change.keys[0] === "client" ? clients : venues;
      return part.refusal!(change, file, changes) ?? `OK ${part.describe!(change, changes)}`;
    });
  };
  const reload = async (text: string): Promise<(string | null)[]> => {
    const next = resolveConfig(loaded(text).file);
    const prepared = clients.prepare!(next) ?? venues.prepare!(next);
    if (prepared !== null) return [prepared];
    return [await clients.apply(next), await venues.apply(next)];
  };
  return {
    dir,
    names,
    rosters,
    clients,
    plan,
    places,
    late,
    sent,
    open,
    state,
    tasks,
    lines,
    verdicts,
    reload,
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}

test("new ones get spare places and the next ids, in the file before they are built", async () => {
  using gateway = made(["GONE"]);
  const text = `${SPARE}${session("A")}${session("B")}${venue("EAST")}`;
  expect(await gateway.verdicts(text)).toEqual([
    "OK at once; 1 of 2 spare places are left then (client.spareSessions)",
    "OK at once; 0 of 2 spare places are left then (client.spareSessions)",
    "OK at once; 1 of 2 spare places are left then (core.spareVenues)",
  ]);
  expect(await gateway.verdicts(`${SPARE}${session("A", 'version = "FIX.4.2"')}`)).toEqual([
    "OK at once; 1 of 2 spare places are left then (client.spareSessions); the first of FIX.4.2, for which its lane stands some 50 ms",
  ]);
  expect(gateway.sent).toEqual([]);
  expect(await gateway.reload(text)).toEqual([null, null]);
  expect(gateway.sent).toEqual(["add A id 2 row 1", "add B id 3 row 2", "add EAST id 1 row 1"]);
  expect(readNames(gateway.dir.path)!.clients).toEqual({ CLIENT: 0, GONE: 1, A: 2, B: 3 });
  expect(gateway.names.clients.B).toBe(3);
  expect(gateway.rosters.clients.names).toEqual(["CLIENT", "A", "B"]);
  expect(gateway.lines.join("\n")).toContain("client A: added by a reload; its lane built it in 1.5 ms");
});

test("without a spare place, for another dictionary, a former name or a name of the past a start is needed", async () => {
  using gateway = made(["GONE"]);
  const more = [
    session("A"),
    session("POOL", "dynamicSessions = 2"),
    session("GONE"),
    session("NEW", 'renamedFrom = "OLD"'),
  ];
  expect(await gateway.verdicts(`${SPARE}${more.join("")}`)).toEqual([
    "OK at once; 1 of 2 spare places are left then (client.spareSessions)",
    "no spare place is left: expected up to 2 more until the next start (client.spareSessions = 2), got 3",
    "the journal has it from before this start: a start takes up its numbers and orders",
    "a start gives it the numbers and orders of its former name",
  ]);
  expect(await gateway.verdicts(`${SPARE}${venue("EAST", 'dictionary = "own.xml"')}`)).toEqual([
    "its dictionary is not built in: a start compiles it",
  ]);
  const longer = `fields.set = { 9001 = "${"x".repeat(100)}" }`;
  expect(await gateway.verdicts(`${SPARE}${venue("EAST", longer)}`)).toEqual([
    "its fixed fields are longer than any at the start, which decides the longest message",
  ]);
});

test("one that its agent can't build is named, and the next reload tries again", async () => {
  using gateway = made();
  gateway.state.refusal = "no such host";
  const text = `${SPARE}${session("A")}`;
  expect(await gateway.reload(text)).toEqual(["client.sessions.A: it can't be built: no such host", null]);
  expect(gateway.rosters.clients.names).toEqual(["CLIENT"]);
  gateway.state.refusal = "";
  expect(await gateway.reload(`${SPARE}${session("B")}${session("A")}`)).toEqual([null, null]);
  // Its id is its own, and so is its row.
  expect(gateway.sent).toEqual(["add A id 1 row 1", "add A id 1 row 1", "add B id 2 row 2"]);
  // Who may log on goes by the place, which is that of the agent.
  expect(gateway.places).toEqual(["A 1", "A 1", "B 2"]);
  const { rosters, plan } = gateway;
  expect(rosters.clients.of(plan.clients[0]!).map(({ name, place }) => [name, place])).toEqual([
    ["CLIENT", 0],
    ["A", 1],
    ["B", 2],
  ]);
});

const UNANSWERED = { applied: false, changed: false, value: 0, reason: "no answer", result: NO_ANSWER };
const BUILT = { applied: true, changed: true, value: 1_500, reason: "", result: 1, code: 1 };

test("nothing is put behind one whose agent has not answered, which is there once that has", async () => {
  using gateway = made();
  const { rosters, state, sent, places, plan, late } = gateway;
  state.answer = Promise.resolve(UNANSWERED);
  const text = `${SPARE}${session("A")}`;
  expect(await gateway.reload(text)).toEqual(["client.sessions.A: no answer", null]);
  state.answer = null;
  for (const again of [text, `${SPARE}${session("B")}`])
    expect((await gateway.reload(again))[0]).toEndWith(
      "its lane has not answered yet whether A is built: reload again",
    );
  expect(sent).toEqual(["add A id 1 row 1"]);
  expect(await gateway.verdicts(`${SPARE}${session("A", "maxHeartBtIntS = 5")}`)).toEqual([
    "its lane may have built it with other settings: a start builds it again",
  ]);
  const order = { kind: SESSION_ADD, session: 1 };
  for (const take of late) take({ side: plan.clients[0]!, order, outcome: BUILT });
  expect(rosters.clients.get("A")).toMatchObject({ isBuilt: true, isAwaited: false, place: 1 });
  await until("retired A", () => sent.at(-1) === "retire A");
  expect(await gateway.reload(`${text}${session("B")}`)).toEqual([null, null]);
  expect(sent.slice(2)).toEqual(["revive A", "add B id 2 row 2"]);
  expect(places).toEqual(["A 1", "B 2"]);
});

test("one that its agent says late it can't build gives its place to the next", async () => {
  using gateway = made();
  const { state, sent, places, plan, late, lines } = gateway;
  state.answer = Promise.resolve(UNANSWERED);
  await gateway.reload(`${SPARE}${session("A")}`);
  state.answer = null;
  const outcome = { ...UNANSWERED, result: SESSION_NOT_BUILT, code: SESSION_NOT_BUILT };
  for (const take of late) take({ side: plan.clients[0]!, order: { kind: SESSION_ADD, session: 1 }, outcome });
  expect(lines.at(-1)).toContain("client A: it can't be built: ");
  expect(await gateway.reload(`${SPARE}${session("B")}`)).toEqual([null, null]);
  expect(sent).toEqual(["add A id 1 row 1", "add B id 2 row 2"]);
  expect(places).toEqual(["A 1", "B 1"]);
});

test("a reload that wants a venue again while it is being retired brings it back", async () => {
  using gateway = made();
  const { rosters, sent, open, state, tasks } = gateway;
  const text = `${SPARE}${venue("EAST")}`;
  await gateway.reload(text);
  open.set("EAST", 1);
  await gateway.reload(SPARE);
  open.set("EAST", 0);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  state.answer = promise;
  tasks[0]!();
  await until("retirement of EAST", () => sent.at(-1) === "retire EAST");
  const reloaded = gateway.reload(text);
  state.answer = null;
  await nextTurn();
  resolve({ applied: true, reason: "", value: 0 });
  expect(await reloaded).toEqual([null, null]);
  expect(sent.at(-1)).toBe("revive EAST");
  expect(rosters.venues.names).toEqual(["SIM", "EAST"]);
});

test("a session with open orders is retired and comes back; other settings need a start", async () => {
  using gateway = made();
  const text = `${SPARE}${session("A")}`;
  await gateway.reload(text);
  gateway.open.set("A", 2);
  expect(await gateway.reload(SPARE)).toEqual([null, null]);
  expect(gateway.sent.at(-1)).toBe("retire A");
  expect(gateway.lines.at(-1)).toContain(
    "client A: retired by a reload: it is logged out; its 2 open orders stay unless cancelOnDisconnect cancels them",
  );
  expect(gateway.rosters.clients.names).toEqual(["CLIENT"]);
  expect(await gateway.verdicts(text)).toEqual(["OK at once: it is there again as it was"]);
  expect(await gateway.verdicts(`${SPARE}${session("A", "maxHeartBtIntS = 5")}`)).toEqual([
    "it was retired with other settings: a start builds it again",
  ]);
  await gateway.reload(text);
  expect(gateway.sent.at(-1)).toBe("revive A");
  expect(gateway.rosters.clients.names).toEqual(["CLIENT", "A"]);
});

test("what becomes of a retired session's open orders is what its terms say", async () => {
  using gateway = made();
  gateway.open.set("CLIENT", 2);
  const fate = async (terms: string): Promise<string> => {
    const { file } = loaded(SPARE.replace("[client.sessions.CLIENT]\n", `[client.sessions.CLIENT]\n${terms}\n`));
    const { CLIENT } = file.client!.sessions!;
    const change = { keys: ["client", "sessions", "CLIENT"], before: CLIENT, after: undefined };
    await gateway.clients.look!([change]);
    return gateway.clients.describe!(change, [change]);
  };
  const stay =
    "at once: it is logged out; its 2 open orders stay: a start without it needs --orphan-orders until they are done";
  const canceled = "at once: it is logged out; its 2 open orders: canceled, as cancelOnDisconnect says";
  expect(await fate("")).toBe(stay);
  expect(await fate('cancelOnDisconnect = "disconnect"')).toBe(stay);
  expect(await fate('cancelOnDisconnect = "logout"')).toBe(canceled);
  expect(await fate('cancelOnDisconnect = "both"\ncancelOnDisconnectOrders = "day"')).toBe(
    `${canceled}, except those that are good till canceled`,
  );
  expect(await fate("cancelOnDisconnectByLogon = true")).toBe(
    "at once: it is logged out; its 2 open orders: its last Logon says whether they are canceled, else cancelOnDisconnect",
  );
});

test("a session whose new name the file has is not taken away: a start renames it", async () => {
  using gateway = made();
  const renamed = SPARE.replace("[client.sessions.CLIENT]\n", '[client.sessions.NEW]\nrenamedFrom = "CLIENT"\n');
  expect(await gateway.verdicts(renamed)).toEqual([
    "a start gives it the numbers and orders of its former name",
    "a start gives its numbers and orders to NEW",
  ]);
});

test("one that could not be built is not said to be there again", async () => {
  using gateway = made();
  gateway.state.refusal = "no such host";
  const text = `${SPARE}${session("A")}`;
  await gateway.reload(text);
  expect(await gateway.verdicts(text)).toEqual(["OK at once: it is built at the place that a reload before gave it"]);
});

test("a venue of the start comes back with the order types that it had; a new one needs a start for its own", async () => {
  const types = 'orderTypes = ["limit", "stop"]\ntimeInForce = ["day", "gtd"]';
  const text = `${SPARE}${venue("EAST", types)}`;
  using gateway = made([], text);
  expect(await gateway.reload(SPARE)).toEqual([null, null]);
  expect(await gateway.verdicts(text, SPARE)).toEqual(["OK at once: it is there again as it was"]);
  expect(await gateway.verdicts(`${SPARE}${venue("EAST", 'orderTypes = ["limit"]')}`, SPARE)).toEqual([
    "it was retired with other settings: a start builds it again",
  ]);
  expect(await gateway.verdicts(`${SPARE}${venue("WEST", types)}`, SPARE)).toEqual([
    "its orderTypes or timeInForce are not the default: the core has them from its start",
  ]);
  expect(await gateway.reload(text)).toEqual([null, null]);
  expect(gateway.sent).toEqual(["retire EAST", "revive EAST"]);
});

test("a venue whose password file has changed since it was built does not come back with the old one", async () => {
  using gateway = made();
  const file = `${gateway.dir.path}/password`;
  writeFileSync(file, "first\n");
  const text = `${SPARE}${venue("EAST", `username = "me"\npasswordFile = "${file}"`)}`;
  expect(await gateway.reload(text)).toEqual([null, null]);
  await gateway.reload(SPARE);
  expect(await gateway.verdicts(text)).toEqual(["OK at once: it is there again as it was"]);
  writeFileSync(file, "second\n");
  expect(await gateway.verdicts(text)).toEqual([
    "its password file has another content than when it was built: a start reads it",
  ]);
});

test("a backlog for which the connections of the start have no room needs a start", async () => {
  using gateway = made();
  const most = 32 * 1024 * 1024;
  expect(await gateway.verdicts(`${SPARE}${session("A", `backlogBytes = ${most}`)}`)).toEqual([
    expect.stringMatching(
      /^backlogBytes: expected at most [\d,]+, for which the connections have room since the start, got 33,554,432$/,
    ),
  ]);
});

test("a venue with open orders stays; an order that comes while it is retired is waited for", async () => {
  using gateway = made();
  const text = `${SPARE}${venue("EAST")}`;
  await gateway.reload(text);
  gateway.open.set("EAST", 1);
  const { rosters, sent, tasks, open } = gateway;
  expect(await gateway.reload(SPARE)).toEqual([null, null]);
  expect(rosters.venues.names).toEqual(["SIM", "EAST"]);
  expect(sent).toHaveLength(1);
  tasks[0]!();
  await nextTurn();
  expect(sent).toHaveLength(1);
  open.set("EAST", 0);
  tasks[0]!();
  await until("retired EAST", () => rosters.venues.names.length === 1);
  expect(sent.at(-1)).toBe("retire EAST");
  expect([rosters.venues.names, tasks]).toEqual([["SIM"], []]);
});
