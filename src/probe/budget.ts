/**
 * Bounds what one record may hold: 64 MiB of newlines or commas would else become gigabytes of strings. Real
 * records have thousands of names, or tens of thousands.
 */
export class Budget {
  #names = 1_000_000
  #characters = 128 * 1024 * 1024

  /** Takes one name; false when nothing is left, and the record is to be given up. */
  spend(name: string): boolean {
    this.#names--
    this.#characters -= name.length
    return this.#names >= 0 && this.#characters >= 0
  }
}
