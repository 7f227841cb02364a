import type { Judged } from '../../src/report/format.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample } from './sample.ts'

const [pipCache, rewritten] = sample.findings
if (pipCache === undefined || rewritten === undefined) throw new Error('the sample has no findings')

/** A name that is markup and more in every format. */
export const evil = '</failure>]]>"\'&<b>[x](https://e.example)\u001b[2J\u202e\u0000\ufffe\uffff\udcff\ud800\r\n{0} %s'

/** The sample with all that formats of problems have a word for: lines of a Dockerfile, ignored findings, budgets of every kind,
 *  more paths than are named, and hostile names everywhere. */
export const problems: Report = {
  ...sample,
  layers: sample.layers.map(layer =>
    layer.index < 3
      ? layer
      : { ...layer, dockerfile: { path: './docker/Dockerfile', start: 10 * layer.index, end: 10 * layer.index + 2 } },
  ),
  findings: [
    ...sample.findings.map(finding =>
      finding.rule === 'python-extras'
        ? { ...finding, ignored: { saves: finding.saves, whole: true, reasons: ['needed for its tests', evil] } }
        : finding.rule === 'apt-lists'
          ? { ...finding, ignored: { saves: 8_000_000, whole: false, reasons: ['part of it'] } }
          : finding,
    ),
    {
      ...rewritten,
      message: `layer 5 stores ${evil} again`,
      because: [evil],
      fix: { ...rewritten.fix, after: `COPY ${evil} /` },
      paths: Array.from({ length: 14 }, (_, at) => ({
        path: `/opt/${evil}/${at}`,
        kind: 'file' as const,
        layer: 5,
        hiddenBy: null,
        bytes: 1000,
        stored: 400,
        count: 1,
      })),
    },
  ],
  budgets: [
    ...sample.budgets,
    { budget: 'layer', limit: 1, value: 750_000_000, unit: 'bytes', share: null, layers: [5, 4], ok: false },
    { budget: 'failOn.secrets', limit: 0, value: 1, unit: 'findings', share: null, layers: [], ok: false },
    { budget: `causes./opt/${evil}`, limit: 1, value: 2, unit: 'bytes', share: null, layers: [], ok: false },
  ],
  notices: [...sample.notices, { code: 'evil', message: evil }],
}

export const quiet: Judged = { ...sample, findings: [], budgets: [], notices: [] }
