/** Functions of a shell, each body once. */
export class Shared {
  readonly #prefix: string
  readonly #names = new Map<string, string>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  nameOf(body: string): string {
    const name = this.#names.get(body) ?? `${this.#prefix}_${this.#names.size + 1}`
    this.#names.set(body, name)
    return name
  }

  get text(): string {
    return [...this.#names].map(([body, name]) => `${name}() {\n${body}\n}\n`).join('\n')
  }
}
