import { ImgauditError } from '../error.ts'

/** What is used of it here: its types come with the browser's library only. */
declare namespace WebAssembly {
  class Instance {
    constructor(module: object, imports: { env: Record<string, () => void> })
    readonly exports: object
  }
}

/** What zstd's decoder exports, compiled to WebAssembly (zstd.h). Pointers and sizes are 32 bits. */
export interface ZstdExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  malloc(size: number): number
  ZSTD_createDCtx(): number
  ZSTD_DStreamOutSize(): number
  ZSTD_decompressStream(context: number, output: number, input: number): number
  ZSTD_decompress(output: number, outputSize: number, input: number, inputSize: number): number
}

const names: readonly (keyof ZstdExports)[] = [
  'memory',
  'malloc',
  'ZSTD_createDCtx',
  'ZSTD_DStreamOutSize',
  'ZSTD_decompressStream',
  'ZSTD_decompress',
]

let compiled: Promise<object> | undefined
let ready: object | undefined

/** The decoder compiled, which threads share: to load it costs 50 ms, most of them for fetch. */
export function compileZstd(): Promise<object> {
  compiled ??= load()
  return compiled
}

/**
 * zstddec hands the module that it compiled to its own `_init`. Only the module is wanted of it: its own decoding never
 * ends on damaged input and knows no errors.
 */
async function load(): Promise<object> {
  const { ZSTDDecoder } = await import('zstddec/stream')
  let module: object | undefined
  class Module extends ZSTDDecoder {
    override _init(source: { module: object }): void {
      module = source.module
    }
  }
  await new Module().init()
  if (module === undefined) throw unloadable()
  ready = module
  return module
}

/** The compiled decoder, once it is there. */
export function readyZstd(): object | undefined {
  return ready
}

/** What another thread has compiled is taken from it. */
export function shareZstd(module: object): void {
  ready = module
  compiled = Promise.resolve(module)
}

/** An instance of its own for each stream, so that its memory goes when the stream does. */
export async function instantiateZstd(): Promise<ZstdExports> {
  return zstdOf(await compileZstd())
}

/** An instance of the compiled decoder. */
export function zstdOf(module: object): ZstdExports {
  const env = { emscripten_notify_memory_growth: () => {} }
  const { exports } = new WebAssembly.Instance(module, { env })
  if (!isZstd(exports)) throw unloadable()
  return exports
}

function isZstd(exports: object): exports is ZstdExports {
  return names.every(name => name in exports)
}

/** The decoder is not what it was when this was written. */
export function unloadable(): ImgauditError {
  const fix = 'install the version that imgaudit was made with: npm install zstddec@0.3.4'
  return new ImgauditError('COMPRESSION_UNKNOWN', 'the zstd decoder could not be loaded from zstddec', fix)
}
