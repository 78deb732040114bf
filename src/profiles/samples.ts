/** One place in the code that a sample found on a thread's stack. */
export interface Frame {
  readonly name: string;
  /** Source file; "" for the engine's own code. */
  readonly url: string;
  /** From 1; 0 where it is not known. */
  readonly line: number;
  readonly column: number;
}

/** A thread's stack at one instant. */
export interface Sample {
  /** Microseconds, from any origin that all samples of a thread share. */
  readonly atUs: number;
  /** Innermost first. */
  readonly frames: readonly Frame[];
}

/** The samples of one thread. */
export interface ThreadSamples {
  /** `main`, `lane 0 (client0 core venue0)`. */
  readonly thread: string;
  readonly samples: readonly Sample[];
}

/** Calls of one function from the same callers, as a tree. */
export interface CallNode {
  readonly frame: Frame;
  /** Samples in which the function itself ran, and those in which it or something that it called did. */
  own: number;
  total: number;
  readonly callees: CallNode[];
}

const ROOT: Frame = { name: "(root)", url: "", line: 0, column: 0 };

/** Adds up samples to a tree of calls; `nodeOf` has the innermost node of each sample. */
export function callTree(samples: readonly Sample[]): { root: CallNode; nodeOf: readonly CallNode[] } {
  const root: CallNode = { frame: ROOT, own: 0, total: 0, callees: [] };
  const nodeOf = samples.map(({ frames }) => {
    let node = root;
    node.total++;
    for (const frame of frames.toReversed()) {
      node = calleeOf(node, frame);
      node.total++;
    }
    node.own++;
    return node;
  });
  return { root, nodeOf };
}

/** Lines within a function are one node: a flame graph shows functions. */
function calleeOf(node: CallNode, frame: Frame): CallNode {
  const known = node.callees.find(({ frame: other }) => other.name === frame.name && other.url === frame.url);
  if (known !== undefined) return known;
  const callee: CallNode = { frame, own: 0, total: 0, callees: [] };
  node.callees.push(callee);
  return callee;
}

/** Share of a function in all samples. */
export interface FunctionShare {
  readonly frame: Frame;
  readonly own: number;
  readonly total: number;
}

/** Every function with its samples, most own ones first. A function that calls itself counts once a sample. */
export function functionShares(samples: readonly Sample[]): FunctionShare[] {
  const shares = new Map<string, { frame: Frame; own: number; total: number }>();
  for (const { frames } of samples) {
    const seen = new Set<string>();
    for (const [i, frame] of frames.entries()) {
      const key = `${frame.name}\0${frame.url}`;
      const share = shares.get(key) ?? { frame, own: 0, total: 0 };
      shares.set(key, share);
      if (i === 0) share.own++;
      if (!seen.has(key)) share.total++;
      seen.add(key);
    }
  }
  return [...shares.values()].sort((a, b) => b.own - a.own || b.total - a.total);
}
