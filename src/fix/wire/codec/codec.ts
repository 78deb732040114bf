// The codec: plain FIX messages to records and back, in WebAssembly, which has vectors, whole words and no bounds to check. It is
// compiled by `npm run assemble` from this folder (AssemblyScript) into ../codec-code.ts; ../codec.ts is what calls it.
import { open } from "./area.ts";
import { readOrder } from "./order-in.ts";
import { writeOrder } from "./order-out.ts";
import { readExecution } from "./report-in.ts";
import { writeExecution } from "./report-out.ts";
import { scan } from "./scan.ts";

export { open, readExecution, readOrder, scan, writeExecution, writeOrder };
