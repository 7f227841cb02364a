/** Lines as the text of a SARIF message, in which brackets make links (2.1.0, section 3.11.6) and nothing here is one. */
export function plainText(lines: readonly string[]): string {
  const text = lines.join('\n')
  return text.includes('](') ? text.replace(/[[\]]/g, '\\$&') : text
}
