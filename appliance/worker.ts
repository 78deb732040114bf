// What a worker of the process runs: the demo's trading lane, or a lane of the gateway.

import { workerData } from "node:worker_threads";

if ((workerData as { role?: string }).role === "trader") await import("./trader.ts");
else (await import("../src/lane-thread.ts")).runLane();
