import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Failure } from '@linux-patch/shared/failure'

type Terminal = { stdin: NodeJS.ReadStream; stderr: NodeJS.WriteStream }

/** The password that is typed, twice and unseen, or that comes in by a pipe; null where there is none. */
export async function askPassword({ stdin, stderr }: Terminal): Promise<string | null> {
  if (!stdin.isTTY) return (await text(stdin)).replace(/\r?\n$/, '') || null
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
