import { isolatedCpus } from "../../../ffi/thread.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Lanes } from "../../operation/lanes.ts";
import type { Planned, PlanPart, PlanView } from "../../operation/plan.ts";
import type { LanePlan, Plan } from "../../plan/plan.ts";
import { memoryUse } from "../memory-use.ts";

/** The plan of a gateway that runs, for operators. */
export class PlanViews implements Planned {
  private made: PlanView | null = null;
  private madeOf: GatewayConfig | null = null;

  constructor(
    /** The configuration in force. */
    private readonly config: () => GatewayConfig,
    private readonly plan: Plan,
    private readonly lanes: Lanes,
  ) {}

  view(): PlanView {
    const config = this.config();
    if (this.made !== null && this.madeOf === config) return this.made;
    this.made = this.make(config);
    this.madeOf = config;
    return this.made;
  }

  private make(config: GatewayConfig): PlanView {
    const { plan } = this;
    const shared = plan.items.map(
      ({ owner, what, bytes }): PlanPart => ({ owner, what, bytes, lane: laneOf(plan.lanes, owner) }),
    );
    const lanes = this.lanes.list().map(({ lane, agents, cpu, idle }) => ({
      ...{ lane, agents, cpu, idle },
      bytes: shared.reduce((sum, part) => (part.lane === lane ? sum + part.bytes : sum), 0),
    }));
    const { items, privateBytes, codeBytes, backlogBytes, journalBytes } = memoryUse(
      config,
      plan,
      isolatedCpus().length > 0,
    );
    const { sharedBytes } = plan;
    return { lanes, shared, sharedBytes, process: items, privateBytes, codeBytes, backlogBytes, journalBytes };
  }
}

/** The lane whose name, or one of whose agents, is the owner; null: there is none. */
function laneOf(lanes: readonly LanePlan[], owner: string): number | null {
  const lane = lanes.findIndex(({ agents }, i) => owner === `lane ${i}` || agents.some(({ name }) => name === owner));
  return lane < 0 ? null : lane;
}
