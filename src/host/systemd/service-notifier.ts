import { EAGAIN, errnoName } from "../../../ffi/errno.ts";
import { NotifySocket } from "../../../ffi/notify.ts";
import type { Log } from "../../base/log.ts";

/** A start that makes progress gets this much more time, this often. */
const EXTEND_MS = 30_000;
const EXTEND_EVERY_MS = 2_000;
/** A message that must arrive is sent again while the manager's socket is full. */
const AGAIN_MS = 20;
const AGAIN_WITHIN_MS = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Notifies the service manager (systemd's sd_notify protocol); does nothing without one. */
export class ServiceNotifier {
  /** A service manager is there. */
  readonly isThere: boolean;
  /** The watchdog's time limit; null: there is no watchdog. */
  readonly watchdogMs: number | null;
  private readonly socket: NotifySocket | null;
  private status = "";
  private extendedMs = Number.NEGATIVE_INFINITY;
  private warned = false;

  constructor(
    environment: Environment,
    private readonly log: Log,
  ) {
    const address = environment.NOTIFY_SOCKET ?? "";
    this.socket = address === "" ? null : new NotifySocket(address);
    this.isThere = this.socket !== null;
    this.watchdogMs = this.socket === null ? null : watchdogMs(environment, process.pid);
  }

  /** The start makes progress; extends the manager's time limit for it. */
  starting(what: string): void {
    const now = performance.now();
    if (what === this.status && now - this.extendedMs < EXTEND_EVERY_MS) return;
    this.extendedMs = now;
    this.status = what;
    this.send(`EXTEND_TIMEOUT_USEC=${EXTEND_MS * 1000}\nSTATUS=${what}`);
  }

  /** Resolves once the message is sent. */
  ready(status: string): Promise<void> {
    this.status = status;
    return this.sendSurely(`READY=1\nSTATUS=${status}`);
  }

  stopping(status: string): Promise<void> {
    this.status = status;
    return this.sendSurely(`STOPPING=1\nSTATUS=${status}`);
  }

  /** Status line of the unit; an unchanged one is not sent. */
  showStatus(status: string): void {
    if (status !== this.status && this.send(`STATUS=${status}`)) this.status = status;
  }

  /** Feeds the watchdog. */
  alive(): void {
    if (this.watchdogMs !== null) this.send("WATCHDOG=1");
  }

  private async sendSurely(text: string): Promise<void> {
    const until = performance.now() + AGAIN_WITHIN_MS;
    while (!this.send(text) && performance.now() < until) await Bun.sleep(AGAIN_MS);
  }

  /** False when the socket was full: try again. */
  private send(text: string): boolean {
    const sent = this.socket?.send(text) ?? 0;
    if (sent < 0 && sent !== -EAGAIN && !this.warned) {
      this.warned = true;
      this.log.warning(`the service manager cannot be reached (NOTIFY_SOCKET): ${errnoName(sent)}`);
    }
    return sent !== -EAGAIN;
  }
}

/** WATCHDOG_USEC in milliseconds, where it is for this process, or null. */
export function watchdogMs(environment: Environment, pid: number): number | null {
  const { WATCHDOG_USEC: us = "", WATCHDOG_PID: meant = "" } = environment;
  if (us === "" || (meant !== "" && Number(meant) !== pid)) return null;
  const ms = Number(us) / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
