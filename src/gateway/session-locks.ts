import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../base/log.ts";
import { sessionLockPath } from "../journal/store/session-lock.ts";

/** Locks sessions after wrong passwords. A lock is a file, so that it outlives a restart and `sallyport unlock` can remove it. */
export class SessionLocks {
  /** By session: wrong passwords in a row. */
  private readonly wrong = new Map<string, number>();
  private readonly locked = new Set<string>();

  constructor(
    private readonly dir: string,
    /** Wrong passwords in a row that lock a session; 0: none do. */
    public lockAfter: number,
    private readonly log: Log,
  ) {}

  isLocked(name: string): boolean {
    const isLocked = existsSync(sessionLockPath(this.dir, name));
    if (!isLocked && this.locked.delete(name)) {
      this.wrong.delete(name);
      this.log.info(`session ${name} is released`);
    }
    return isLocked;
  }

  /** Counts the password of a session's Logon. */
  count(name: string, isRight: boolean): void {
    if (isRight) this.wrong.delete(name);
    if (isRight || this.lockAfter === 0) return;
    const count = (this.wrong.get(name) ?? 0) + 1;
    this.wrong.set(name, count);
    if (count >= this.lockAfter) this.lock(name, count);
  }

  private lock(name: string, count: number): void {
    const path = sessionLockPath(this.dir, name);
    try {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, `${new Date().toISOString()} ${count} wrong passwords in a row\n`);
      this.locked.add(name);
      this.log.alarm(
        `session ${name} is locked after ${count} wrong passwords in a row: sallyport unlock ${name} releases it`,
      );
    } catch (error) {
      this.log.alarm(`session ${name} can't be locked: ${(error as Error).message}`);
    }
  }
}
