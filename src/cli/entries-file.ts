import type { AuditOptions } from '../audit.ts'
import { jsonLine } from '../report/json.ts'
import type { Host } from './host.ts'
import { writablePath, writeWhole } from './output-file.ts'

/** What writes `--entries`: a line of JSON for each entry (NDJSON). */
export async function entriesFile(
  name: string,
  { cwd, signal }: Pick<Host, 'cwd' | 'signal'>,
): Promise<NonNullable<AuditOptions['entries']>> {
  const path = await writablePath(name, cwd)
  return rows => writeWhole(path, pieces(rows), signal)
}

const pieceLength = 1 << 18

/** Many lines to a write: one each for a million of them takes 20 times as long. */
function* pieces(rows: Iterable<object>): Iterable<string> {
  let piece = ''
  for (const row of rows) {
    piece += jsonLine(row)
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  yield piece
}
