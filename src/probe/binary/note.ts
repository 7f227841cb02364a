/**
 * The build ID in a segment of notes, hexadecimal: name `GNU`, type 3 (NT_GNU_BUILD_ID of glibc's elf.h). Notes are padded
 * to the segment's alignment, which is 4 or 8.
 */
export function buildIdOf(notes: Buffer, alignment: number): string | undefined {
  const padded = (length: number) => (alignment === 8 ? Math.ceil(length / 8) * 8 : Math.ceil(length / 4) * 4)
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameSize, size, type] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4), notes.readUInt32LE(at + 8)]
    const start = at + padded(12 + nameSize)
    if (start + size > notes.length) return undefined
    const isGnu = nameSize === 4 && notes.toString('latin1', at + 12, at + 16) === 'GNU\0'
    if (isGnu && type === 3 && size > 0 && size <= 64) return notes.toString('hex', start, start + size)
    at = start + padded(size)
  }
  return undefined
}
