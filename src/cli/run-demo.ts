import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { writeDemo } from '../demo.ts'
import type { Host } from './host.ts'
import { reportOn } from './report-on.ts'
import type { ReportOptions } from './report-options.ts'

/** Makes the demo's image and audits it; removes it after, unless it is to be kept. */
export async function runDemo(host: Host, keep: string | undefined, options: ReportOptions): Promise<number> {
  const folder = keep === undefined ? await mkdtemp(join(tmpdir(), 'imgaudit-demo-')) : undefined
  const file = folder === undefined ? resolve(host.cwd, keep ?? '') : join(folder, 'imgaudit-demo.tar')
  const gpu = options.gpu ?? ['H100']
  // What a project allows is not about an image that is made up.
  const config = options.config === true ? false : options.config
  try {
    return await reportOn(host, { ...options, gpu, config }, `docker-archive:${basename(file)}`, async signal => {
      await writeDemo(file, signal)
      const kept = folder === undefined ? ` Kept: docker load -i ${keep}` : ''
      return {
        reference: `docker-archive:${basename(file)}`,
        cwd: dirname(file),
        preface: `A made-up image with one of every waste, for --gpu ${gpu.join()}; imgaudit <image> audits one of yours.${kept}`,
      }
    })
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}
