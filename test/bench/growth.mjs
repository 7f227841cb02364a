import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureAll, table } from './measure.mjs'

const synthetic = join(dirname(fileURLToPath(import.meta.url)), 'synthetic.mjs')

/**
 * How time and memory grow: with bytes at 140,000 entries, with entries at 8 GB. Archives are sought over, so that contents
 * cost nothing, and are holes on disk.
 * @param {{ work: string, run: (command: string) => string, imgaudit: string, runs: number }} bench
 */
export function growth({ work, run, imgaudit, runs }) {
  const rows = [
    ...[0.5e9, 2e9, 8e9].map(bytes => ({ entries: 140_000, bytes, name: `140,000 entries, ${bytes / 1e9} GB` })),
    ...[62_000, 250_000, 1_000_000].map(entries => ({
      entries,
      bytes: 8e9,
      name: `${entries.toLocaleString('en')} entries, 8 GB`,
    })),
  ].map(({ entries, bytes, name }, number) => {
    const archive = join(work, `growth-${number}.tar`)
    run(`node ${synthetic} ${entries} ${archive} --bytes ${bytes}`)
    return { name, command: `${imgaudit} docker-archive:${archive}` }
  })
  return table(measureAll(rows, runs))
}
