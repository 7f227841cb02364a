import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { expect } from 'vitest'

/** Markdown as GitHub renders it, raw HTML included: what it would filter out must not be there in the first place. */
export function render(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
}

/** Its elements without code, in order: what the template made, whatever the names are. */
export function skeleton(html: string): string {
  return (withoutCode(html).match(/<[^>]*>/g) ?? []).join('')
}

/** Its text outside of code, where GitHub links and mentions. */
export function textOf(html: string): string {
  return withoutCode(html).replace(/<[^>]*>/g, ' ')
}

function withoutCode(html: string): string {
  return html.replace(/<code(?: class="language-diff")?>[^<]*<\/code>/g, '')
}

/** Tags that a template may make. */
const known = new Set(
  [
    'h3 h4 p ul li strong em b details summary pre table thead tbody tr th td blockquote'.split(' '),
    ['td align="right"', 'th align="right"'],
  ].flat(),
)

/** Nothing in it but what the templates make, each element closed where it was opened. */
export function expectHarmless(html: string): void {
  const open: string[] = []
  for (const [tag] of skeleton(html.replace(/^<!-- imgaudit:[\w%.~!*'()/:-]* -->/, '')).matchAll(/<[^>]*>/g)) {
    const inside = tag.slice(1, -1)
    if (inside.startsWith('/')) expect(open.pop(), tag).toBe(inside.slice(1))
    else {
      expect([...known], tag).toContain(inside)
      open.push(inside.split(' ')[0] ?? '')
    }
  }
  expect(open).toEqual([])
  expect(html).not.toMatch(/<(?!!-- imgaudit:)[^>]*\b(?:href|src|on\w+)=/i)
  // What GitHub makes links of besides: people, issues, commits, addresses.
  expect(textOf(html)).not.toMatch(/@\w|#\d|\b[a-z]+-\d|\b[0-9a-f]{7,40}\b|www\.|:\/\/|[\w.]+@|\$/i)
}
