/**
 * The headers in rpm's database as SQLite keeps it: `Packages(hnum, blob)`, one row a package. Each database gets an SQLite
 * of its own, in a WebAssembly memory of its own: what a hostile one breaks dies with it, and 64 MiB go back when it is
 * read. Takes 40 ms. `bytes` is written to. Throws an error where it is no such database, or damaged.
 */
export async function* rpmHeaders(bytes: Buffer): AsyncGenerator<Uint8Array> {
  // 10 ms and 3 MB that only images with this database spend.
  const { default: load } = await import('@sqlite.org/sqlite-wasm')
  const { capi, wasm, oo1 } = await load({ print: () => {}, printErr: () => {} })
  const db = new oo1.DB(':memory:')
  try {
    const { length } = bytes
    // In memory there is no write-ahead log, and a database that asks for one does not open (sqlite.org/fileformat2, 1.3.3).
    if (length > 19) bytes[18] = bytes[19] = 1
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_READONLY
    // A Buffer is no Uint8Array to it.
    const copy = wasm.allocFromTypedArray(new Uint8Array(bytes.buffer, bytes.byteOffset, length))
    db.checkRc(capi.sqlite3_deserialize(db, 'main', copy, length, length, flags))
    // As long as it all is can nothing in it be: a column can be computed, and pages can be named twice.
    capi.sqlite3_limit(db, capi.SQLITE_LIMIT_LENGTH, length)
    db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON')
    if (db.selectValue(plainTable) !== 1) throw new RangeError('no table Packages')
    const rows = db.prepare('SELECT blob FROM Packages')
    let left = length
    while (rows.step()) {
      const blob = rows.getBlob(0) ?? new Uint8Array()
      left -= blob.length + 1
      if (left < 0) throw new RangeError('more in it than it has bytes')
      yield blob
    }
  } finally {
    db.close()
  }
}

// A view or a virtual table has no page, a computed column is hidden: neither needs to come to an end.
const plainTable = `
  SELECT count(*) FROM sqlite_schema WHERE name = 'Packages' AND type = 'table' AND rootpage > 0
  AND NOT EXISTS (SELECT * FROM pragma_table_xinfo('Packages') WHERE hidden <> 0)`
