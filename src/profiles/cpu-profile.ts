import { type CallNode, callTree, type Frame, type Sample } from "./samples.ts";

/** A node of a profile in the form of Chrome's DevTools, which counts lines and columns from 0. */
interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly hitCount: number;
  readonly children: readonly number[];
}

/** A CPU profile as Chrome's DevTools, VS Code and speedscope read it (.cpuprofile). */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  /** Microseconds since the sample before; the first one's since `startTime`. */
  readonly timeDeltas: readonly number[];
}

/** The profile of one thread's samples, which are in the order of their time. */
export function cpuProfile(samples: readonly Sample[]): CpuProfile {
  const { root, nodeOf } = callTree(samples);
  const ids = new Map<CallNode, number>();
  const number = (node: CallNode): void => {
    ids.set(node, ids.size + 1);
    node.callees.forEach(number);
  };
  number(root);
  const startTime = samples[0]?.atUs ?? 0;
  return {
    nodes: [...ids].map(([node, id]) => ({
      id,
      callFrame: callFrame(node.frame),
      hitCount: node.own,
      children: node.callees.map((callee) => ids.get(callee)!),
    })),
    startTime,
    endTime: samples.at(-1)?.atUs ?? 0,
    samples: nodeOf.map((node) => ids.get(node)!),
    timeDeltas: samples.map(({ atUs }, i) => Math.max(0, Math.round(atUs - (samples[i - 1]?.atUs ?? startTime)))),
  };
}

function callFrame({ name, url, line, column }: Frame): ProfileNode["callFrame"] {
  return {
    functionName: name,
    scriptId: "0",
    url,
    lineNumber: Math.max(-1, line - 1),
    columnNumber: Math.max(-1, column - 1),
  };
}
