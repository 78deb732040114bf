import { existsSync, readdirSync, unlinkSync } from "node:fs";
import { allocateFile, closeFd, O_CREAT, O_RDWR, O_TRUNC, openFile } from "../../ffi/file.ts";
import type { SpareSegment } from "./spare-segments.ts";

const SUFFIX = ".reserve";

/** Segments' worth of disk that is taken before it is needed, as files; when the disk is full they become segments. Cold. */
export class DiskReserve {
  private readonly paths: string[] = [];

  constructor(
    dir: string,
    /** How many; 0: none is kept. */
    readonly count: number,
    private readonly segmentBytes: number,
  ) {
    for (let i = 0; i < count; i++) this.paths.push(`${dir}/${i}${SUFFIX}`);
    // Those of a configuration that kept more.
    for (const file of readdirSync(dir))
      if (file.endsWith(SUFFIX) && !this.paths.includes(`${dir}/${file}`)) unlinkSync(`${dir}/${file}`);
  }

  /** How many are there. */
  get left(): number {
    return this.paths.filter((path) => existsSync(path)).length;
  }

  /** One, the caller's now; null when none is left. Its pages are not there: only its disk is. */
  take(): SpareSegment | null {
    const path = this.paths.findLast((each) => existsSync(each));
    return path === undefined ? null : { fd: openFile(path, O_RDWR), path };
  }

  /** Takes the disk of those that are missing. Returns 0 or -errno. */
  refill(): number {
    for (const path of this.paths) {
      if (existsSync(path)) continue;
      const fd = openFile(path, O_RDWR | O_CREAT | O_TRUNC);
      const allocated = allocateFile(fd, this.segmentBytes);
      closeFd(fd);
      if (allocated < 0) {
        unlinkSync(path);
        return allocated;
      }
    }
    return 0;
  }
}
