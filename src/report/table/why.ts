import picocolors from 'picocolors'
import type { Below, Copy, Explanation, Link } from '../explanation.ts'
import type { FormatOptions } from '../format.ts'
import { countText, exactText, sizeText } from '../size-text.ts'
import { oneLine } from './line.ts'
import { drawnText, rowsShown } from './page.ts'
import { wrapSentence } from './wrap.ts'

/** What is known of one path, for a person. */
export function whyText(why: Explanation, options: FormatOptions): string {
  return new Why(why, { ...options, width: Math.max(60, Math.min(options.width, 160)) }).text()
}

class Why {
  readonly #why: Explanation
  readonly #options: FormatOptions
  readonly #ink: ReturnType<typeof picocolors.createColors>

  constructor(why: Explanation, options: FormatOptions) {
    this.#why = why
    this.#options = options
    this.#ink = picocolors.createColors(options.colour)
  }

  text(): string {
    const { needs, loadedBy, namedBy, rivals } = this.#why
    return drawnText([
      this.#head(),
      this.#part('WHERE IT COMES FROM', this.#origin()),
      this.#part('WHAT IT IS', this.#contents()),
      this.#part('WHO LOADS IT', [
        ...this.#starts(),
        ...this.#links(loadedBy, ({ from, name }) => `${from} asks for ${name}`),
      ]),
      this.#part('WHO NAMES IT  in its data, and may open it', this.#shown(namedBy.map(path => this.#item(path)))),
      this.#part(
        'OTHER COPIES  that answer to the same name',
        rivals.flatMap(({ path, loadedBy: loaders }) => [
          ...this.#item(loaders.length === 0 ? `${path}: nothing here is known to load it` : `${path}, loaded by`),
          ...this.#links(loaders, ({ from, name }) => `${from} (${name})`).map(line => `  ${line}`),
        ]),
      ),
      this.#part(
        'WHAT IT NEEDS',
        this.#shown(needs.map(need => this.#link(`${need.name} → ${need.to ?? 'not found'}`, reasonOf(need)))),
      ),
      this.#part('WHO CLAIMS IT', this.#findings()),
    ])
  }

  #head(): string[] {
    const { path, kind, visible, copies, below, link } = this.#why
    const [newest] = copies
    const size = below === null ? (newest?.bytes ?? 0) : below.reduce((sum, { bytes }) => sum + bytes, 0)
    const count = below?.reduce((sum, layer) => sum + layer.count, 0)
    const files = count === undefined ? '' : ` in ${countText(count, 'file')}`
    const hidden = visible ? '' : ' · the image does not show it'
    const lines = [
      this.#ink.bold(oneLine(path)),
      `${kind} · ${sizeText(size)}, ${countText(size, 'byte')}${files}${hidden}`,
    ]
    if (link !== null) lines.push(...this.#item(`leads to ${link.target}${leads(link)}`, 0))
    return lines
  }

  #origin(): string[] {
    const { copies, below, owner, names } = this.#why
    if (below !== null) return this.#shown(below.map(layer => this.#layer(layer)))
    return [
      ...this.#shown(copies.map(copy => this.#copy(copy))),
      ...this.#item(owner === null ? 'no package owns it' : `${owner.package} ${owner.version} owns it`),
      ...(names.length === 0 ? [] : this.#item(`other names of the same content: ${names.join(', ')}`)),
    ]
  }

  #layer({ bytes, count, hidden, ...layer }: Below): string[] {
    const shown = count === 0 ? '' : `, ${countText(bytes, 'byte')} in ${countText(count, 'file')}`
    const lines = this.#item(brought(layer, shown))
    if (hidden.count === 0) return lines
    const gone = `${countText(hidden.bytes, 'byte')} in ${countText(hidden.count, 'file')}`
    return [...lines, ...this.#item(`${gone} deleted or replaced later, which frees nothing`, 6)]
  }

  #copy({ bytes, hiddenBy, ...layer }: Copy): string[] {
    const lines = this.#item(brought(layer, this.#why.copies.length === 1 ? '' : `, ${countText(bytes, 'byte')}`))
    if (hiddenBy === null) return lines
    const how = hiddenBy.replaced ? 'replaced' : 'removed'
    return [...lines, ...this.#item(`${how} by ${brought({ ...hiddenBy, base: null }, ', which frees nothing')}`, 6)]
  }

  #contents(): string[] {
    const { binary } = this.#why
    if (binary === null) return []
    const { what, soname, buildId, interpreter, rpath, runpath, parts, gpu, unread } = binary
    const named = Object.entries(parts).filter(([, bytes]) => bytes > 0)
    const said: readonly (readonly [string, string | null])[] = [
      ['SONAME', soname],
      ['build id', buildId],
      ['interpreter', interpreter],
      ['RPATH', rpath],
      ['RUNPATH', runpath],
    ]
    return [
      ...this.#item(what),
      ...(unread === null ? [] : this.#item(`it ${unread}`)),
      ...said.flatMap(([name, value]) => (value === null ? [] : this.#item(`${name} ${value}`))),
      ...(named.length === 0
        ? []
        : this.#item(named.map(([name, bytes]) => `${words[name] ?? name} ${sizeText(bytes)}`).join(' · '))),
      ...(gpu.length === 0
        ? []
        : this.#item(
            `GPU code: ${gpu.map(({ arch, bytes }) => `${arch || 'overhead'} ${sizeText(bytes)}`).join(' · ')}`,
          )),
    ]
  }

  #starts(): string[] {
    const { root, started, binary, loadedBy, namedBy } = this.#why
    if (started)
      return this.#item(root === 'program' ? 'the image starts it' : 'the program that the image starts loads it')
    if (root === 'program') return this.#item('it is a program')
    if (root === 'module') return this.#item('it lies where Python imports modules from')
    const loadable = binary?.what.startsWith('shared library') === true
    if (!loadable || loadedBy.length > 0 || !this.#why.visible) return []
    const opened = namedBy.length > 0 ? 'nothing here is linked to it' : 'nothing here is linked to it, or names it'
    return this.#item(`${opened}; what opens it by a path that it makes up is not known`)
  }

  /** What is certain first. */
  #links(links: readonly Link[], say: (link: Link) => string): string[] {
    const byReach = reaches.flatMap(reach => links.filter(link => link.reach === reach))
    return this.#shown(byReach.map(link => this.#link(`${say(link)}${certainty[link.reach]}`, link.because)))
  }

  #link(what: string, because: string): string[] {
    return [...this.#item(what), ...this.#item(because, 4).map(this.#ink.dim)]
  }

  #findings(): string[] {
    const { findings } = this.#why
    if (findings.length === 0) return this.#item('no finding: it is kept')
    return this.#shown(
      findings.map(({ rule, verdict, message, bytes }) => [
        ...this.#item(`${rule} · ${verdict} · ${countText(bytes, 'byte')}`),
        ...this.#item(message, 4).map(this.#ink.dim),
      ]),
    )
  }

  #part(name: string, lines: readonly string[]): string[] {
    const [title = '', aside = ''] = name.split('  ')
    const head = aside === '' ? this.#ink.bold(title) : `${this.#ink.bold(title)}  ${this.#ink.dim(aside)}`
    return lines.length === 0 ? [] : [head, ...lines]
  }

  #shown(items: readonly (readonly string[])[]): string[] {
    const count = rowsShown(this.#options, items.length)
    const left = items.length - count
    return [
      ...items.slice(0, count).flat(),
      ...(left === 0 ? [] : [this.#ink.dim(`  and ${exactText(left)} more: --all shows them`)]),
    ]
  }

  #item(text: string, indent = 2): string[] {
    const blank = ' '.repeat(indent)
    const { width, all } = this.#options
    return wrapSentence(oneLine(text), width - indent - 2, all).map(
      (line, at) => `${blank}${at === 0 ? '' : '  '}${line}`,
    )
  }
}

function reasonOf({ fromHost, because }: Link): string {
  return fromHost ? "the host's driver brings it, when a container starts" : because
}

const certainty: Readonly<Record<Link['reach'], string>> = {
  loaded: '',
  opened: ', where something opens that one by its name',
  alone: ', which nothing is known to load',
}
const reaches: readonly Link['reach'][] = ['loaded', 'opened', 'alone']

const words: Readonly<Record<string, string>> = {
  readOnly: 'read-only data',
  debug: 'debug information',
  gpu: 'GPU code',
}

/** `layer 3, 7 bytes: RUN pip install torch`. */
function brought({ layer, createdBy, base }: Pick<Copy, 'layer' | 'createdBy' | 'base'>, more: string): string {
  return `${base === true ? 'base layer' : 'layer'} ${layer}${more}: ${createdBy ?? '(no instruction recorded)'}`
}

function leads({ target, file, bytes }: NonNullable<Explanation['link']>): string {
  if (file === null) return ', where nothing is'
  const what = bytes === null ? 'a directory' : sizeText(bytes)
  return file === target ? `, ${what}` : `: ${file}, ${what}`
}
