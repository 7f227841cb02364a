/** What is folded away until somebody asks. `summary` is HTML on one line; `lines` are markdown, none where there is nothing. */
export function details(summary: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>']
}
