/** Ids that end in a multiple of 3 as ids of 64 characters, others as they are. */
export function mixed(id: string): string {
  return Number(id.at(-1)) % 3 === 0 ? `${"long-".repeat(13).slice(0, 64 - id.length)}${id}` : id;
}
