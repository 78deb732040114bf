/** Milliseconds since 1970 as ISO 8601 with microseconds, UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
