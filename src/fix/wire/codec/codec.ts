// The codec: plain FIX messages to records and back, in WebAssembly, with vectors, 64-bit words and no bounds checks.
// Part of the module of src/assembly (AssemblyScript); ../codec.ts calls it.
import { open } from "./area.ts";
import { passBeside, takeBeside } from "./beside.ts";
import { check, isApart, isStranger, more } from "./check.ts";
import { readOrder } from "./order-in.ts";
import { tagWithoutPlace, writeOrder } from "./order-out.ts";
import { readExecution } from "./report-in.ts";
import { writeExecution } from "./report-out.ts";
import { longTag, noteData, noteHigh, noteRepeated, scan } from "./scan.ts";

export { check, open, passBeside, readExecution, readOrder, scan, tagWithoutPlace, takeBeside, writeExecution, writeOrder };
// Not inlined, so that the loops that call them keep their registers.
export { isApart, isStranger, longTag, more, noteData, noteHigh, noteRepeated };
