import type { Views } from "../../base/views.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { ProgressReader } from "../../drop-copy/progress.ts";
import type { CopyProgressView, DropCopies, DropCopyView } from "../../operation/drop-copies.ts";
import type { Plan } from "../../plan/plan.ts";
import type { DropCopyRoster } from "../roster.ts";
import { LinkViews } from "./link-views.ts";

/** Drop copy sessions, read from the rows and the progress that their agent writes. */
export class DropCopyViews implements DropCopies {
  private readonly links: LinkViews;
  private readonly reader: ProgressReader | null;
  private readonly maxBehindS: number;

  constructor(
    private readonly roster: DropCopyRoster,
    { dropCopy }: GatewayConfig,
    plan: Plan,
    views: Views,
    nowMs: number,
  ) {
    const at = plan.dropCopy?.rowsAt ?? 0;
    this.links = new LinkViews(views, { at, roster, tradingAt: plan.sessionTradingAt }, nowMs);
    this.reader = plan.dropCopy === null ? null : new ProgressReader(views, plan.dropCopy.progressAt);
    this.maxBehindS = dropCopy?.maxBehindS ?? 0;
  }

  sample(nowMs: number): void {
    this.links.sample(nowMs);
  }

  list(): DropCopyView[] {
    return this.roster.active.map((member) => this.viewOf(member));
  }

  get(name: string): DropCopyView | null {
    const member = this.roster.get(name);
    return member === undefined ? null : this.viewOf(member);
  }

  progress(): CopyProgressView | null {
    const progress = this.reader?.read() ?? null;
    if (progress === null) return null;
    const { behindBytes, behindS, copiedUntilUs, copies, waitsForRoom, fault } = progress;
    return {
      ...{ behindBytes, behindS, copies, waitsForRoom, maxBehindS: this.maxBehindS },
      copiedUntilUs: copiedUntilUs === 0 ? null : copiedUntilUs,
      fault: fault === null ? null : { agent: `client${fault.agent}`, reason: fault.text },
    };
  }

  private viewOf(member: DropCopyRoster["active"][number]): DropCopyView {
    const { view, recordsOut: copies, throttle } = this.links.of(member);
    const { tradingState: _, ...link } = view;
    const { compId, accounts = null, sessions = null } = member.settings;
    return { ...link, compId, accounts, sessions, copies, waiting: throttle.queued };
  }
}
