import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { ImgauditError } from '../error.ts'
import { faultOf } from './fault.ts'
import type { ConfigurationFile } from './find.ts'
import { type ConfigurationDocument, configurationSchema } from './schema.ts'
import { parseDocument } from './syntax.ts'

/** Reads a configuration, and checks all that it says. Throws CONFIG_INVALID, with the line and what was expected there. */
export async function readConfiguration(file: ConfigurationFile): Promise<ConfigurationDocument> {
  const text = await textOf(file)
  const { value, placeOf } = parseDocument(text, file, extname(file.path) === '.json')
  // An empty file, and one of comments, says nothing.
  const read = configurationSchema.safeParse(value ?? {}, { reportInput: true })
  if (read.success) return read.data
  const [issue, ...more] = read.error.issues
  const fault = faultOf(issue)
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const message = `${file.name}${placeOf(fault.path)}: ${fault.message}${others}`
  throw new ImgauditError('CONFIG_INVALID', message, fault.fix)
}

/** No configuration is larger: it is an image that was named by mistake. */
const most = 1 << 20

async function textOf({ path, name }: ConfigurationFile): Promise<string> {
  const bytes = await buffer(createReadStream(path, { end: most })).catch((cause: unknown) => {
    const message = codeOf(cause) === 'ENOENT' ? `there is no ${name}` : `${name} cannot be read: ${reasonOf(cause)}`
    throw new ImgauditError('CONFIG_INVALID', message, 'name a file, or write one with imgaudit init', { cause })
  })
  const fix = 'imgaudit init writes one to begin with'
  if (bytes.length > most)
    throw new ImgauditError('CONFIG_INVALID', `${name} is no configuration: it is too large`, fix)
  if (!isUtf8(bytes))
    throw new ImgauditError('CONFIG_INVALID', `${name} is no configuration: it is not UTF-8 text`, fix)
  return bytes.toString().replace(/^\uFEFF/, '')
}
