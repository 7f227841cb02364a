import { configurationsIn, fileNames } from '../config/find.ts'
import { template } from '../config/template.ts'
import { ImgauditError } from '../error.ts'
import type { Host } from './host.ts'
import { writablePath, writeWhole } from './output-file.ts'

/** Writes a configuration that explains itself; answers with what to tell. Throws OUTPUT_FAILED where there is one. */
export async function init({ cwd, signal }: Host): Promise<string> {
  const [there] = await configurationsIn(cwd, cwd)
  const [name] = fileNames
  if (there !== undefined) {
    const what = there.within.length === 0 ? there.name : `the key ${there.within.join('.')} of ${there.name}`
    const message = `there is a configuration already: ${what}`
    throw new ImgauditError('OUTPUT_FAILED', message, 'change that one, or take it away first')
  }
  await writeWhole(await writablePath(name, cwd), template, signal)
  return `${name} is written: images are held to it here and below.

  It fails on secrets and allows all else: take the # from what you want.

  imgaudit <image>                  says how an image stands to it
  imgaudit rules                    lists the rules that it can name
  imgaudit <image> -o report.json   keeps a report, for --against and growth
`
}
