import { addressOf } from "../../ffi/memory.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { Log } from "../../src/base/log.ts";
import { Views } from "../../src/base/views.ts";
import { readConfig } from "../../src/config/config-file.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { ENTRY_SESSION, SESSION_EVENT_NUMBERS_SET } from "../../src/journal/layout.ts";
import { IN_DATA_DIRECTORY } from "../../src/journal/store/buffers.ts";
import { closeDirectory, openDirectory } from "../../src/journal/store/open.ts";
import { newSession } from "../../src/journal/store/recover.ts";
import { StreamWriter } from "../../src/journal/writer.ts";
import { clientNames } from "../../src/plan/needs.ts";
import { planGateway } from "../../src/plan/plan.ts";
import { renamesOf } from "../../src/recovery/orphans.ts";
import { recoverGateway } from "../../src/recovery/recovery.ts";

const OK = 0;
const FAILED = 1;

export interface SequenceOptions {
  readonly configFile: string;
  /** Replaces gateway.data of the configuration. */
  readonly dataDir?: string;
  /** Name of a client session, a drop copy session or a venue. */
  readonly session: string;
  /** MsgSeqNum expected next, and sent next; undefined leaves it unchanged. */
  readonly nextIn?: number;
  readonly nextOut?: number;
}

/**
 * Sets a session's sequence numbers in the journal of a stopped gateway; without numbers, shows them. Messages from
 * before are not sent again after that: a peer that asks for them receives gap fills.
 * Returns  the process's exit code.
 */
export async function setSequence(options: SequenceOptions): Promise<number> {
  const { config, problems } = readConfig(options.configFile);
  if (config === undefined) {
    toStderr(`${problems[0]?.where}: ${problems[0]?.what} (see: sallyport check --config ${options.configFile})`);
    return FAILED;
  }
  try {
    console.log(change(config, options));
    return OK;
  } catch (error) {
    toStderr((error as Error).message);
    return FAILED;
  }
}

/** Returns the line to print. */
function change(config: GatewayConfig, options: SequenceOptions): string {
  const { session, nextIn, nextOut } = options;
  const plan = planGateway(config);
  const clients = clientNames(config);
  const copies = plan.dropCopy === null ? [] : [plan.dropCopy];
  const side = [...plan.clients, ...copies, ...plan.venues].find(({ members }) => members.includes(session));
  if (side === undefined) {
    const known = [...clients, ...Object.keys(config.venues)];
    throw new Error(`--session ${session}: no such client session or venue; there are: ${known.join(", ")}`);
  }
  const isClient = clients.includes(session);
  const dir = options.dataDir ?? config.gateway.data;
  const renames = { renames: renamesOf(config) };
  const journal = openDirectory(dir, clients, Object.keys(config.venues), config.journal.segmentMiB << 20, renames);
  const memory = sharedMemory(plan.memoryBytes);
  const shared = new Views(memory.buffer, 0, plan.sharedBytes);
  // Nothing is replayed here, but a torn entry that was cut is reported.
  const log = new Log((level, _, what) => {
    if (level !== "info") toStderr(what);
  });
  const recovered = recoverGateway(journal, plan, shared, addressOf(memory.buffer), IN_DATA_DIRECTORY, log);
  const id = (isClient ? recovered.clientIds : recovered.venueIds)[session]!;
  const before = (isClient ? recovered.clients : recovered.venues)[id] ?? newSession();
  const wanted = { nextIn: nextIn ?? before.nextIn, nextOut: nextOut ?? before.nextOut };
  const changes = nextIn !== undefined || nextOut !== undefined;
  if (changes) {
    const { name, streamWordsAt } = side;
    const { bufferAt } = plan.streams.find((stream) => stream.name === name)!;
    const place = { memory, wordsAt: streamWordsAt, bufferAt, bufferBytes: plan.bufferBytes };
    const writer = new StreamWriter(name, place, recovered.segmentBytes);
    const word = writer.claim(12) >> 2;
    const { views } = writer;
    views.ints[word] = wanted.nextOut;
    views.ints[word + 1] = wanted.nextIn;
    views.ints[word + 2] = 0;
    // A new epoch: earlier entries with these numbers do not belong to it.
    writer.commit(ENTRY_SESSION, id, wanted.nextIn, Date.now() * 1000, SESSION_EVENT_NUMBERS_SET, before.epoch + 1);
  }
  closeDirectory(journal, plan.streams, shared, recovered.buffers);
  const was = `${isClient ? "client" : "venue"} ${session}: next in ${before.nextIn}, next out ${before.nextOut}`;
  return changes ? `${was}; now next in ${wanted.nextIn}, next out ${wanted.nextOut}` : was;
}

function toStderr(line: string): void {
  console.error(`sallyport: ${line}`);
}
