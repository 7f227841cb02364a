import type { Report } from '../../src/report/schema.ts'

/** A report without what two routes may differ in. */
export function comparable({
  image,
  layers,
  size,
  findings,
  causes,
  savings,
  blobs,
  notices,
  ...rest
}: Report): unknown {
  return {
    ...rest,
    image: { platform: image.platform, created: image.created },
    size: { ...size, stored: null },
    layers: layers.map(({ route, verified, size: own, ...layer }) => ({ ...layer, size: { ...own, stored: null } })),
    findings: findings
      .filter(({ rule }) => rule !== 'no-healthcheck')
      .map(({ paths, ...finding }) => ({
        ...finding,
        stored: null,
        paths: paths.map(path => ({ ...path, stored: null })),
      })),
    causes: causes.map(cause => ({ ...cause, stored: null })),
    savings: { ...savings, stored: null },
    notices: notices.filter(({ code }) => code !== 'shares-unknown'),
  }
}
