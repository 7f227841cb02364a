import type { ErrorCode } from '../error.ts'

/**
 * To the thread: `begin`, then any number of `input`, then `end`; `used` gives a buffer of output back at any time.
 * Buffers change hands with the message, so that none is copied on the way.
 */
export type ToThread =
  | { readonly kind: 'begin'; readonly module: object }
  | Input
  | { readonly kind: 'end' }
  | { readonly kind: 'used'; readonly bytes: ArrayBuffer }

/** The first `length` of `bytes` are input. */
export interface Input {
  readonly kind: 'input'
  readonly bytes: ArrayBuffer
  readonly length: number
}

/** The first `length` of `bytes` are output. */
export interface Output {
  readonly kind: 'output'
  readonly bytes: ArrayBuffer
  readonly length: number
  /** For each part of it, in order: its length, and the bytes of input that were consumed until its end. */
  readonly parts: readonly (readonly [length: number, consumed: number])[]
}

/** From the thread: output in order, buffers of input that it is done with, then `end`, or `failed` and no more. */
export type FromThread =
  | Output
  | { readonly kind: 'taken'; readonly bytes: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** An ImgauditError by its parts, since a class does not pass between threads; any other error passes as it is. */
export type Failure = { readonly code: ErrorCode; readonly message: string; readonly fix: string } | Error
