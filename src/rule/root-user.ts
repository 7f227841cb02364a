import type { Evidence } from '../evidence/evidence.ts'
import { baseName } from '../image/path.ts'
import type { Rule } from './rule.ts'

const rule: Rule = {
  id: 'root-user',
  title: 'Containers run as root',
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: Without USER every process of the container is root. What escapes from it, or writes into a mounted folder, does so as
root of the host, unless the engine maps users.

Fix: Make a user and switch to it behind the last instruction that needs root:
RUN useradd --create-home --uid 1000 app, then USER 1000:1000. Name it by number: Kubernetes can only check a number
against runAsNonRoot. Give it files by COPY --chown=1000:1000, never by chown -R, which stores them again.

Keep: When the entry point starts as root to prepare something and then steps down itself (gosu, su-exec, setpriv), when it
must bind a port below 1024 on an old engine, or when the image is a base for others.`,
  claimsNothing: true,

  *check(evidence) {
    const { user } = evidence.image.config
    const [name = ''] = user.split(':')
    if (name !== '' && name !== 'root' && !/^0+$/.test(name)) return
    yield {
      message: user === '' ? 'USER is not set: containers run as root' : `USER is ${user}: containers run as root`,
      fix: {
        id: 'root-user',
        layer: null,
        ...(user === '' ? {} : { before: `USER ${user}` }),
        after: 'RUN useradd --create-home --uid 1000 app\nUSER 1000:1000',
      },
      verdict: 'check',
      because: [reason(evidence)],
      claims: [],
    }
  },
}

function reason({ filesystem, image }: Evidence): string {
  const folders = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']
  const stepper = ['gosu', 'su-exec'].find(name =>
    folders.some(folder => filesystem.at(`${folder}/${name}`) !== undefined),
  )
  if (stepper !== undefined) return `${stepper} is there: the entry point may step down itself`
  const [first] = [...image.config.entrypoint, ...image.config.command]
  return first === undefined ? 'the image starts nothing by itself' : `nothing tells that ${baseName(first)} needs root`
}

export default rule
