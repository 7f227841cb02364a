/** Blocks that have lines, with an empty one between them. */
export function blocks(all: readonly (readonly string[])[]): string[] {
  return all.filter(lines => lines.length > 0).flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

/** Lines under a heading; nothing where there are none. */
export function under(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`#### ${heading}`, '', ...lines]
}
