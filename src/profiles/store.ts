import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Capture, CaptureFile } from "../operation/profiles.ts";

/** Folder in the data directory. */
export const PROFILES = "profiles";
const ABOUT_FILE = "capture.json";
const UNFINISHED = ".making";
const NAME = /^[0-9]{8}T[0-9]{6}Z(-[0-9]+)?$/;
/** Clients' data may be in a heap snapshot. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** How much of the disk captures may have. */
export interface StoreBounds {
  readonly captures: number;
  readonly bytes: number;
}

/** What a capture says about itself. */
export type CaptureAbout = Pick<Capture, "beganAt" | "seconds" | "why" | "missing">;

/** Captures on the disk, each a folder; the oldest are deleted. */
export class CaptureStore {
  private readonly folder: string;

  constructor(
    dataDir: string,
    private readonly bounds: StoreBounds,
  ) {
    this.folder = join(dataDir, PROFILES);
  }

  /** Writes a capture as a whole, and deletes the oldest ones beyond the bounds, never this one. Throws errors of the disk. */
  write(about: CaptureAbout, files: Readonly<Record<string, string | Uint8Array>>): Capture {
    mkdirSync(this.folder, { recursive: true, mode: FOLDER_MODE });
    const name = this.freeName(about.beganAt);
    const folder = join(this.folder, name);
    const unfinished = `${folder}${UNFINISHED}`;
    try {
      mkdirSync(unfinished, { mode: FOLDER_MODE });
      for (const [file, content] of Object.entries({ ...files, [ABOUT_FILE]: JSON.stringify(about) }))
        writeFileSync(join(unfinished, file), content, { mode: FILE_MODE });
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw error;
    }
    this.deleteOld(name);
    return this.captureOf(name)!;
  }

  /** Newest first. */
  list(): Capture[] {
    return this.names().flatMap((name) => this.captureOf(name) ?? []);
  }

  read(capture: string, file: string): Uint8Array | null {
    if (!NAME.test(capture) || this.captureOf(capture)?.files.every(({ name }) => name !== file) !== false) return null;
    return readFileSync(join(this.folder, capture, file));
  }

  private deleteOld(newest: string): void {
    for (const entry of readdirSync(this.folder))
      if (entry.endsWith(UNFINISHED)) rmSync(join(this.folder, entry), { recursive: true, force: true });
    const all = this.list();
    let bytes = 0;
    for (const [i, capture] of all.entries()) {
      bytes += capture.bytes;
      const isOver = i >= this.bounds.captures || bytes > this.bounds.bytes;
      if (isOver && capture.name !== newest) rmSync(join(this.folder, capture.name), { recursive: true, force: true });
    }
  }

  /** `20261201T205801Z`, with a number when that second has one. */
  private freeName(beganAt: string): string {
    const second = `${beganAt.slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
    const taken = new Set(this.names());
    let name = second;
    for (let i = 2; taken.has(name); i++) name = `${second}-${i}`;
    return name;
  }

  private names(): string[] {
    try {
      const key = (name: string): string => name.replace(/-(\d+)$/, (_, number) => `-${number.padStart(6, "0")}`);
      return readdirSync(this.folder)
        .filter((name) => NAME.test(name))
        .sort((a, b) => (key(a) < key(b) ? 1 : -1));
    } catch {
      // No capture yet.
      return [];
    }
  }

  private captureOf(name: string): Capture | null {
    try {
      const folder = join(this.folder, name);
      const about = JSON.parse(readFileSync(join(folder, ABOUT_FILE), "utf8")) as CaptureAbout;
      const files: CaptureFile[] = readdirSync(folder)
        .filter((file) => file !== ABOUT_FILE)
        .sort()
        .map((file) => ({ name: file, bytes: statSync(join(folder, file)).size }));
      return { ...about, name, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    } catch {
      // Deleted meanwhile, or not a capture.
      return null;
    }
  }
}
