const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: "not permitted: run it with sudo, or give a directory of your own as --root DIR",
  EPERM: "not permitted: run it with sudo, or give a directory of your own as --root DIR",
  EROFS: "mounted read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  ENOTDIR: "a file lies where a directory should be",
  EISDIR: "a directory lies where a file should be",
};

/** Prints an error as one line. Returns the exit code 1. */
export function failure(error: unknown, root: string): number {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) console.error(`sallyport: ${message.replaceAll(/\s*\n\s*/g, " ")}`);
  else {
    const remedy = REMEDIES[code];
    console.error(`sallyport: ${path || root}: ${code}${remedy === undefined ? "" : ` (${remedy})`}`);
  }
  return 1;
}
