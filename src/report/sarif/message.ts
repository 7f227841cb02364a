/** Lines as the text of a SARIF message, in which brackets make links (2.1.0, section 3.11.6) and numbers in braces stand for
 *  arguments (3.11.5), and nothing here is either. Braces around anything else stay single, since few readers take two for one. */
export function plainText(lines: readonly string[]): string {
  const text = lines.join('\n').replace(/\{(\d+)\}/g, '{{$1}}')
  return text.includes('](') ? text.replace(/[[\]]/g, '\\$&') : text
}
