/*  Latencies of an order's stages. Both sides read this file: the compiled code, which notes times and counts them, and the TypeScript
 *  around it (telemetry/stage-histograms.ts reads, session/link-stages.ts says when a socket has taken what was written).
 *
 *    received ── decide ──▶ decided ── send ──▶ at the venue's socket ── venue ──▶ venue answered ── answer ──▶ client answered
 *       └──────────────────────────────────────── total ──────────────────────────────────────────────────────────────┘
 *
 *  Each time is of the clock that all threads share (CLOCK_MONOTONIC), read at most a few times a turn, never for each order:
 *    received          begin of the turn in which the client agent read the request from its socket
 *    decided           when the core began with the up to 32 orders of which it is one
 *    at the socket     behind the write that emptied the venue's output, in which the request was
 *    venue answered    begin of the turn in which the venue agent read the report
 *    client answered   behind the write that emptied the client's output, in which the report was
 *  A turn's begin comes before its reads, so that a stage has the whole of its wait and never too little.
 */
export const STAGES = 5;
export const STAGE_DECIDE = 0;
export const STAGE_SEND = 1;
export const STAGE_VENUE = 2;
export const STAGE_ANSWER = 3;
export const STAGE_TOTAL = 4;

/*  Times of an order's newest request, by order slot, behind a header of 64 bytes whose first int is the count of slots. The writer of
 *  each word is that agent which has the order, the session or the venue at the time.
 *
 *  byte 0         2       4         8             16        20          22          24
 *       ┌─────────┬───────┬─────────┬─────────────┬─────────┬───────────┬───────────┬──────────────┐
 *       │ number  │ venue │ decided │ receivedNs  │ sent    │ recorded  │ answered  │ answeredNs   │ 32
 *       └─────────┴───────┴─────────┴─────────────┴─────────┴───────────┴───────────┴──────────────┘
 *  number, venue, decided, receivedNs   by the core: the request's number (lower 16 bits), the venue's id
 *  sent, answered, answeredNs           by the venue agent; answered: number of the request that the last report was about
 *  recorded                             by the client agent: number of the request whose stages are counted
 *  The core first sets sent to a tick before receivedNs, and recorded to another number.
 *  decided, sent                        ticks of 64 ns, 32 bits: good within 274 s
 *  A time that is before receivedNs is of another order, which had the slot before.
 */
export const TIMES_HEADER_BYTES = 64;
export const TIMES_ROW_BYTES = 32;
export const NUMBER_AT = 0;
export const VENUE_AT = 2;
export const DECIDED_AT = 4;
export const RECEIVED_AT = 8;
export const SENT_AT = 16;
export const RECORDED_AT = 20;
export const ANSWERED_AT = 22;
export const ANSWERED_NS_AT = 24;

/*  A histogram, log-linear: 16 steps to each doubling of 32 ns and more, so that a bucket is at most 1/16 (6.25 %) of its value wide, and
 *  the middle at most 3.2 % off. That is an HdrHistogram of one significant digit with a lowest value of 32 ns.
 *
 *  byte 0       8       64                    64 + 8·448
 *       ┌───────┬───────┬──────────┬──────────┬─ ─ ─┐
 *       │ maxNs │ sumNs │ bucket 0 │ bucket 1 │     │    doubles; written by one client agent, read by anyone
 *       └───────┴───────┴──────────┴──────────┴─ ─ ─┘
 *
 *  v = ns / 32 below 32         bucket v: 32 ns each
 *  v in [2^e, 2^e+1)            bucket (e − 4)·16 + (v >> (e − 4)), where the last term is 16 to 31
 *  2^36 ns are 68 s: longer times are counted in the last bucket; maxNs keeps them exactly.
 */
export const UNIT_BITS = 5;
export const STEP_BITS = 4;
export const BUCKETS = 448;
export const MOST_UNITS = 0x7fffffff;
export const MAX_NS_AT = 0;
export const SUM_NS_AT = 8;
export const BUCKETS_AT = 64;
export const HISTOGRAM_BYTES = BUCKETS_AT + 8 * BUCKETS;
/** One of each stage. */
export const STAGES_BYTES = STAGES * HISTOGRAM_BYTES;

/*  A client agent's part: histograms of each venue id, then a set for each of its sessions: histograms, and the reports that the socket
 *  has not taken yet, in runs of equal times.
 *
 *  ┌─────────────────────┬─ ─┬───────────────────┬───────────────────────────────────┬─ ─┐
 *  │ histograms, venue 0 │   │ histograms, set 0 │ runs: count, left out; RUNS × run │   │
 *  └─────────────────────┴─ ─┴───────────────────┴───────────────────────────────────┴─ ─┘
 *
 *  run  0 receivedNs · 8 answeredNs · 16 decided · 20 sent · 24 reports (negative: only their answers are counted) · 28 venue
 */
export const RUNS = 128;
export const RUN_BYTES = 32;
export const RUNS_HEADER_BYTES = 64;
export const RUNS_AT = STAGES_BYTES;
export const SET_BYTES = RUNS_AT + RUNS_HEADER_BYTES + RUNS * RUN_BYTES;
/** Of the runs' header: how many there are, and how many reports found no room. */
export const RUN_COUNT_AT = 0;
export const LEFT_OUT_AT = 4;

/*  A venue's part: slots of the requests that its socket has not taken yet.
 *
 *  ┌───────┬──────────┬────────┬─ ─ ─
 *  │ count │ left out │ slot 0 │        ints; the slots begin at byte 64
 *  └───────┴──────────┴────────┴─ ─ ─
 */
export const SENT_SLOTS = 1024;
export const SENT_HEADER_BYTES = 64;
export const SENT_BYTES = SENT_HEADER_BYTES + 4 * SENT_SLOTS;
