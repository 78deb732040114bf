// The codec: plain FIX messages to records and back, in WebAssembly, with vectors, 64-bit words and no bounds checks.
// Part of the module of src/assembly (AssemblyScript); ../codec.ts calls it.
import { open } from "./area.ts";
import { passBeside, takeBeside } from "./beside.ts";
import { check } from "./check.ts";
import { readOrder } from "./order-in.ts";
import { writeOrder } from "./order-out.ts";
import { readExecution } from "./report-in.ts";
import { writeExecution } from "./report-out.ts";
import { scan } from "./scan.ts";

export { check, open, passBeside, readExecution, readOrder, scan, takeBeside, writeExecution, writeOrder };
