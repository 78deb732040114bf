/*  Ports of the tests lie below those that the kernel gives to outgoing connections (from 32768 on): a gateway that is dead
 *  between two starts still has its own then. Each process of tests has a block of them to itself, however many run at a
 *  time on the machine: who listens on the block's first port has the block.
 */
const FIRST = 20_000;
const BLOCK = 400;
const BLOCKS = 30;

let block = 0;
let last = 0;
/** Kept, so that it is not collected and closed. */
let claim: Bun.TCPSocketListener<undefined> | null = null;

/** A port that nobody has, and that no other process of tests takes while this one lives; the block is used round and round. */
export function freePort(): number {
  if (block === 0) block = claimBlock();
  for (let tried = 1; tried < BLOCK; tried++) {
    last = (last % (BLOCK - 1)) + 1;
    if (isFree(block + last)) return block + last;
  }
  throw new Error(`no port from ${block} to ${block + BLOCK - 1} is free`);
}

/** The first that is free, from a place that is not the same for all who begin at a time. */
function claimBlock(): number {
  for (let i = 0; i < BLOCKS; i++) {
    const first = FIRST + BLOCK * ((process.pid + i) % BLOCKS);
    claim = listen(first);
    if (claim === null) continue;
    claim.unref();
    return first;
  }
  throw new Error(`${BLOCKS} processes of tests have all ports from ${FIRST} on`);
}

function isFree(port: number): boolean {
  const listener = listen(port);
  listener?.stop(true);
  return listener !== null;
}

function listen(port: number): Bun.TCPSocketListener<undefined> | null {
  try {
    return Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
  } catch {
    return null;
  }
}
