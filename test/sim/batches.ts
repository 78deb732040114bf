import { BatchReceiver } from "../../src/session/batch-receiver.ts";
import { BatchSender } from "../../src/session/batch-sender.ts";

/** Runs with agents that leave every message to the slower path. */
export function withoutBatches<T>(run: () => T): T {
  const { receive } = BatchReceiver.prototype;
  const { send } = BatchSender.prototype;
  BatchReceiver.prototype.receive = () => 0;
  BatchSender.prototype.send = () => 0;
  try {
    return run();
  } finally {
    BatchReceiver.prototype.receive = receive;
    BatchSender.prototype.send = send;
  }
}

/** Counts the messages that are received and sent in batches, until `end`. */
export function takenInBatches() {
  const { receive } = BatchReceiver.prototype;
  const { send } = BatchSender.prototype;
  let received = 0;
  let sent = 0;
  BatchReceiver.prototype.receive = function (...args) {
    const count = receive.apply(this, args);
    received += count;
    return count;
  };
  BatchSender.prototype.send = function (...args) {
    const count = send.apply(this, args);
    sent += count;
    return count;
  };
  const end = () => {
    BatchReceiver.prototype.receive = receive;
    BatchSender.prototype.send = send;
    return { received, sent };
  };
  return { end };
}
