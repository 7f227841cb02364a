/** `2026-01-02` (UTC) of a time that an image says; empty where that is none. */
export function dayOf(created: string | null): string {
  const time = created === null ? Number.NaN : Date.parse(created)
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(0, 10)
}
