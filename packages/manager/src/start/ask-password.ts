import { isUtf8 } from 'node:buffer'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Failure } from '@linux-patch/shared/failure'

/** Far more than a password may have; a pipe may never end. */
const MOST_BYTES = 10_000

type Terminal = { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream }

/** The password that is typed, twice and unseen, or that comes in by a pipe; null where there is none. */
export async function askPassword({ stdin, stderr }: Terminal): Promise<string | null> {
  if (!stdin.isTTY) return (await readLine(stdin)) || null
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: unseen, terminal: true })
  const stopped = new AbortController()
  lines.once('SIGINT', () => stopped.abort())
  const ask = async (question: string) => {
    stderr.write(question)
    try {
      return await lines.question('', { signal: stopped.signal })
    } finally {
      stderr.write('\n')
    }
  }
  try {
    const typed = await ask('New password (leave it empty to have one made): ')
    if (typed !== '' && (await ask('Once more: ')) !== typed)
      throw new Failure('invalid_request', 'The two passwords are not the same.')
    return typed || null
  } catch (error) {
    if (stopped.signal.aborted) throw new Failure('invalid_request', 'Nothing was changed.')
    throw error
  } finally {
    lines.close()
  }
}

/** What nobody could type at a sign-in is another file than was meant. */
async function readLine(stdin: NodeJS.ReadStream): Promise<string> {
  let read = Buffer.alloc(0)
  for await (const chunk of stdin) {
    read = Buffer.concat([read, chunk as Buffer])
    if (read.length > MOST_BYTES) throw notALine()
  }
  const line = new TextDecoder().decode(read).replace(/\r?\n$/, '')
  if (!isUtf8(read) || /\p{Cc}/u.test(line)) throw notALine()
  return line
}

const notALine = () =>
  new Failure('invalid_request', 'The password that came in is not one line of text.')
