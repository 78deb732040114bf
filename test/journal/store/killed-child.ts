import { Rig } from "../rig.ts";

/** Appends until it is killed by reader.test.ts; it tells how far it is. */
const rig = new Rig(process.argv[2]!);
for (let sequence = 1; ; sequence++) {
  if (sequence % 50 === 0) rig.settle();
  rig.message(1, sequence, 50 + (sequence % 300));
  if (sequence % 1000 === 0) console.log(sequence);
}
