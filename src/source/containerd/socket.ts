import { connect } from 'node:net'

/** Why nobody answers at a socket, in the words of the operating system (ENOENT, EACCES, ECONNREFUSED); undefined where
 *  somebody does. */
export function silenceOf(path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    // A path alone would be a port where it is a number.
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}
