// What the GitHub action says of a report: lines for GITHUB_OUTPUT.
import { readFileSync } from 'node:fs'

const file = process.argv[2] ?? ''
const { size, causes, against } = JSON.parse(readFileSync(file, 'utf8'))
const waste = causes.filter(({ kind }) => kind === 'waste').reduce((sum, { bytes }) => sum + bytes, 0)
// A name with a line break would be an output of its own.
process.stdout.write(
  `size=${size.files}\nwaste=${waste}\nreport=${file.replace(/[\r\n]/g, '')}\nmeasured=${against !== null}\n`,
)
