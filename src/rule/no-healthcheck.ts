import type { Rule } from './rule.ts'

const rule: Rule = {
  id: 'no-healthcheck',
  title: 'No HEALTHCHECK',
  guide: { section: 4, title: 'Layer Optimization Checklist' },
  help: `
Why: An engine that has no health check knows only whether the process is there. A server that hangs, or still loads its
model, counts as running and gets requests.

Fix: Say how to ask it, with time enough to load:
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m CMD ["python3", "/app/healthcheck.py"]. Ask with what the image
has; installing curl for it costs more than a few lines of Python.

Keep: Jobs that run to their end need none, and Kubernetes looks at its own probes only. HEALTHCHECK NONE says so and ends
this finding. An OCI configuration cannot carry one, so nothing is said of such images.`,
  claimsNothing: true,

  *check({ image }) {
    // null: this kind of configuration cannot carry one, and nobody knows whether the Dockerfile has it.
    if (image.config.healthcheck !== undefined) return
    yield {
      message: 'no HEALTHCHECK: the engine cannot tell a container that works from one that hangs',
      fix: {
        id: 'no-healthcheck',
        layer: null,
        after:
          'HEALTHCHECK --interval=30s --timeout=5s --start-period=2m CMD ["python3", "/app/healthcheck.py"]\n# or, for a job: HEALTHCHECK NONE',
      },
      verdict: 'check',
      because: ['the configuration has none, and could carry one'],
      claims: [],
    }
  },
}

export default rule
