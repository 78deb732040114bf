// Entry of a worker: the demo's trading lane, soak's measuring thread, the one of TLS handshakes, or a lane of the gateway.

import { workerData } from "node:worker_threads";

const { role } = workerData as { role?: string };
if (role === "trader") await import("./demo/trader.ts");
else if (role === "tls") await (await import("../src/tls/thread.ts")).runHandshakes();
else if (role === "soak") await import("./soak/lane.ts");
else (await import("../src/gateway/lane-thread.ts")).runLane();
