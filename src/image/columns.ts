/** The columns of one thing by their names, to be kept in a file as they are and read back as views of its bytes. */
export type Columns = Readonly<Record<string, Column>>

type Column = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array

/** Columns of a part of something, named for it: `content.low`. */
export function named(part: string, columns: Columns): Columns {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [`${part}.${name}`, column]))
}

/** The columns of one part, as `named` took them. */
export function ofPart(part: string, columns: Columns): Columns {
  const own: Record<string, Column> = {}
  const prefix = `${part}.`
  for (const name in columns) {
    const column = columns[name]
    if (column !== undefined && name.startsWith(prefix)) own[name.slice(prefix.length)] = column
  }
  return own
}

/** A longer column with what is in another one. */
export function grown<Longer extends Column>(from: Column, into: Longer): Longer {
  into.set(from)
  return into
}
