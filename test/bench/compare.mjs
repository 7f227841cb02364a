import { measureAll, table } from './measure.mjs'

/**
 * Two archives compared: as images, one of them as a stored report, both so; beside lists of all layers and diff.
 * @param {{ work: string, run: (command: string) => string, imgaudit: string, runs: number, archives: readonly string[] }} bench
 */
export function comparing({ work, run, imgaudit, runs, archives }) {
  const [before, after] = archives
  const [old, young] = ['before', 'after'].map(name => `${work}/${name}.json`)
  for (const [archive, report] of [
    [before, old],
    [after, young],
  ])
    run(`${imgaudit} docker-archive:${archive} >${report}`)
  const list = (/** @type {string | undefined} */ archive) =>
    `for layer in $(tar tf ${archive} | grep 'layer.tar$'); do tar xOf ${archive} $layer | tar tv; done | sort`
  return table(
    measureAll(
      [
        { name: 'imgaudit compare, two archives', command: `${imgaudit} compare ${before} ${after}` },
        { name: 'imgaudit compare, a stored report and an archive', command: `${imgaudit} compare ${old} ${after}` },
        { name: 'imgaudit compare, two stored reports', command: `${imgaudit} compare ${old} ${young}` },
        { name: 'imgaudit trend, two stored reports', command: `${imgaudit} trend ${old} ${young}` },
        {
          name: 'tar tv of every layer, sort, diff',
          command: `(${list(before)}) >${work}/before.txt; (${list(after)}) >${work}/after.txt; diff ${work}/before.txt ${work}/after.txt || true`,
        },
      ],
      runs,
    ),
  )
}
