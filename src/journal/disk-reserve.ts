import { existsSync, readdirSync, unlinkSync } from "node:fs";
import { SystemError } from "../../ffi/errno.ts";
import { allocateFile, closeFd, O_CREAT, O_RDWR, O_TRUNC, openFile } from "../../ffi/file.ts";

const SUFFIX = ".reserve";

/** A file with a segment's disk space, without a header and a name. */
export interface SpareSegment {
  readonly fd: number;
  readonly path: string;
}

/** Files of one segment's size that reserve disk space; they become segments when the disk is full. */
export class DiskReserve {
  private readonly paths: string[] = [];

  constructor(
    dir: string,
    /** Number of files; 0: no reserve. */
    readonly count: number,
    private readonly segmentBytes: number,
  ) {
    for (let i = 0; i < count; i++) this.paths.push(`${dir}/${i}${SUFFIX}`);
    // Files of an earlier configuration with a larger reserve.
    for (const file of readdirSync(dir))
      if (file.endsWith(SUFFIX) && !this.paths.includes(`${dir}/${file}`)) unlinkSync(`${dir}/${file}`);
  }

  /** Number of files that exist. */
  get left(): number {
    return this.paths.filter((path) => existsSync(path)).length;
  }

  /** Hands one file to the caller; null when the reserve is used up, or no descriptor is left. */
  take(): SpareSegment | null {
    const path = this.paths.findLast((each) => existsSync(each));
    const fd = path === undefined ? -1 : tryOpen(path, O_RDWR);
    return path === undefined || fd < 0 ? null : { fd, path };
  }

  /** Allocates the missing files. Returns 0 or -errno. */
  refill(): number {
    for (const path of this.paths) {
      if (existsSync(path)) continue;
      const fd = tryOpen(path, O_RDWR | O_CREAT | O_TRUNC);
      if (fd < 0) return fd;
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

/** Returns  a descriptor, or -errno: no descriptor is left, or the directory was removed. */
function tryOpen(path: string, flags: number): number {
  try {
    return openFile(path, flags);
  } catch (error) {
    if (error instanceof SystemError) return -error.errno;
    throw error;
  }
}
