/**
 * Puts environments of Python in the order in which the image would run them: that of VIRTUAL_ENV or CONDA_PREFIX, then
 * as their `bin` stands in PATH, then all others. Answers with a number to sort a site-packages folder or a prefix by.
 */
export function environmentOrder(env: ReadonlyMap<string, string>): (root: string) => number {
  const named = [env.get('VIRTUAL_ENV'), env.get('CONDA_PREFIX')].filter(
    prefix => prefix !== undefined && prefix !== '',
  )
  const searched = (env.get('PATH') ?? '').split(':').map(folder => folder.replace(/\/s?bin\/?$/, ''))
  const prefixes = [...named, ...searched].filter(prefix => prefix?.startsWith('/'))
  return root => {
    const at = prefixes.findIndex(prefix => root === prefix || root.startsWith(`${prefix}/lib`))
    return at < 0 ? prefixes.length : at
  }
}
