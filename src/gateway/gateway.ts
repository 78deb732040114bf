import { readPasswordFiles } from "../config/password-file.ts";
import { problemLine } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { CommandOutcome } from "../control/commands.ts";
import { needMemory } from "../host/memory/room.ts";
import type { LaneHeartbeats } from "../host/systemd/lane-heartbeats.ts";
import { bufferFileBytes } from "../journal/buffer-file.ts";
import { openDirectory } from "../journal/store/open.ts";
import type { ReloadReport } from "../operation/reload.ts";
import { clientNames } from "../plan/needs.ts";
import { type Plan, planGateway } from "../plan/plan.ts";
import { CONTROL_KILL } from "../record/control-codes.ts";
import { idCount } from "../recovery/recovery.ts";
import { type Composition, composeGateway, type GatewayOptions } from "./compose.ts";
import { countersOf } from "./counters-of.ts";
import type { ListenPorts } from "./lane-context.ts";
import { laneName } from "./lane-text.ts";
import { loadDialects } from "./load-dialects.ts";
import { sharedProblem } from "./open-lanes.ts";
import { actionJournal } from "./operation/action-journal.ts";
import { OrphanSearch } from "./orphan-orders.ts";
import type { BufferFigures } from "./session-buffers.ts";
import { Supervisor } from "./supervisor.ts";

/** Plans, recovers and starts a gateway; resolves once it accepts connections. Throws a problem as one line. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions): Promise<Gateway> {
  readPasswordFiles(config);
  const { dialects, problems, warnings } = loadDialects(config);
  if (problems.length > 0) throw new Error(problems.map(problemLine).join("\n"));
  for (const warning of warnings) options.log.warning(problemLine(warning));
  const { sharedBytes, streams, bufferBytes } = planGateway(config);
  needMemory(sharedBytes + bufferFileBytes(streams.length, bufferBytes));
  const { dataDir, orphans: policy, starting, log } = options;
  const progress = (): void => starting?.("starting: looks for orders of removed clients and venues");
  const search = new OrphanSearch(dataDir, config, policy, log.of("orphan orders"), progress);
  const journal = openDirectory(
    dataDir,
    clientNames(config),
    Object.keys(config.venues),
    config.journal.segmentMiB << 20,
    search.changes(),
  );
  const { clients, venues } = journal.names;
  const plan = planGateway(config, { clients: idCount(clients), venues: idCount(venues) }, options.measures);
  const problem = sharedProblem(config, plan);
  if (problem !== null) throw new Error(problemLine(problem));
  const composition = composeGateway(config, options, plan, journal, dialects, search.found);
  const supervisor = new Supervisor(composition.parts);
  options.begun?.(() => {
    supervisor.abandon();
    // Where lanes run already, it is left as by a kill.
    if (!composition.lanes.areReleased) composition.journal.leave();
  });
  await supervisor.start();
  return new Gateway(plan, composition, supervisor);
}

/** A gateway that runs in this process. */
export class Gateway {
  readonly heartbeats: LaneHeartbeats;
  /** Resolves when a lane has stopped by a fault of ours. */
  readonly failed: Promise<Error>;
  /** Resolves with a line for the log once an operator has drained it: it is to stop. */
  readonly drained: Promise<string>;

  constructor(
    private readonly plan: Plan,
    private readonly composition: Composition,
    private readonly supervisor: Supervisor,
  ) {
    this.heartbeats = composition.heartbeats;
    this.failed = composition.lanes.failed;
    this.drained = composition.drain.drained;
  }

  /** Shuts it down cleanly: listeners close, sessions log out, the journal is synced. */
  stop(): Promise<void> {
    this.composition.commands.close();
    this.composition.agents.close();
    return this.supervisor.stop();
  }

  /** Logs what lanes have said and the log does not have yet. */
  logEvents(): void {
    this.composition.events.drain();
  }

  /** The part that `stop` waits for, or "". */
  get stopping(): string {
    return this.supervisor.busyWith;
  }

  /** Engages or releases the kill switch; `by` is the signal. Resolves once the core has journalled and applied it, or with the reason of a failure. */
  kill(on: boolean, by: string): Promise<CommandOutcome> {
    const { commands, drain } = this.composition;
    if (on) drain.engagedByOther();
    return commands.send({ kind: CONTROL_KILL, value: on ? 1 : 0, name: by });
  }

  counters(): Record<string, number> {
    return countersOf(this.composition.counters);
  }

  /** Reads the configuration file again because of a signal, and applies what a running gateway takes; the journal has that. */
  async reload(signal: string): Promise<ReloadReport> {
    const { reloading, commands } = this.composition;
    const would = await reloading.reload(true);
    if (would.result !== "applied") return reloading.reload(false);
    const journal = actionJournal(commands);
    const why = `the configuration is read again: ${would.sha256}`;
    const action = { id: Date.now() * 1_000, who: signal, from: "signal", action: "system.reload", target: "", why };
    const problem = await journal({ ...action, phase: "asked" });
    if (problem !== "") throw new Error(`the journal does not have the reload: ${problem}`);
    const report = await reloading.reload(false);
    await journal({ ...action, phase: "done", result: report.result });
    return report;
  }

  /** One line about its sessions, venues and lanes. */
  status(): string {
    return this.composition.status();
  }

  laneName(lane: number): string {
    return laneName(this.plan, lane);
  }

  buffers(): BufferFigures {
    return this.composition.buffers.figures();
  }

  ports(): ListenPorts {
    return this.composition.ports;
  }
}
