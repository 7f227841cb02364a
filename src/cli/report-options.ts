import type { AuditOptions } from '../audit.ts'
import type { PublishOptions } from './publish.ts'

type Surroundings = 'env' | 'cwd' | 'homedir' | 'stdin' | 'signal' | 'progress' | 'now'

/** What the command line says of how to read, what to allow and what to print. */
export interface ReportOptions
  extends Omit<AuditOptions, Surroundings | 'dockerfile' | 'against' | 'entries' | 'ignore' | 'limits'>,
    PublishOptions {
  readonly quiet: boolean
  readonly limits: NonNullable<AuditOptions['limits']>
  /** A file; whether to look for one. */
  readonly config: string | boolean
  /** Names of files. */
  readonly dockerfile?: string
  readonly target?: string
  /** An image, or a stored report. */
  readonly against?: string
}
