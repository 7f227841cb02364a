import { Budget } from './budget.ts'
import { recordProbe } from './collect.ts'
import { fields } from './fields.ts'
import type { AptExtendedStates } from './package-record.ts'

/** Reads which packages apt marks as automatically installed (apt-mark(8)): those that autoremove may take. */
export function parseAptExtendedStates(text: string): AptExtendedStates | undefined {
  const budget = new Budget()
  const automatic: string[] = []
  let name = ''
  let marked = false
  for (const field of fields(text)) {
    if (field.name === 'package') name = field.value
    else if (field.name === 'auto-installed') marked = field.value === '1'
    else if (field.name === '') {
      if (name !== '' && marked) {
        if (!budget.spend(name)) return undefined
        automatic.push(name)
      }
      name = ''
      marked = false
    }
  }
  return { kind: 'apt-extended-states', automatic }
}

/** `/var/lib/apt/extended_states`. */
export const aptExtendedStates = recordProbe({
  id: 'apt-extended-states',
  wants: path => path === '/var/lib/apt/extended_states',
  parse: parseAptExtendedStates,
})
