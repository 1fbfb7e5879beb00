import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../files/folder.test.kit.ts'
import { places } from '../config-places.ts'
import { enroll, type Wanted } from './enrollment.ts'
import type { TestManager } from './manager.test.kit.ts'

type Options = Partial<Wanted> & { now?: () => Date; signal?: AbortSignal }

/** A host that is not enrolled yet. `ask` is what a person does, and does again after a kill. */
export function newHost({ url, authority }: Pick<TestManager, 'url' | 'authority'>) {
  const where = places(newFolder())
  const said: string[] = []
  return {
    where,
    said,
    key: () => readFileSync(join(where.enrollment, 'key.pem'), 'utf8'),
    isWaiting: () => existsSync(join(where.enrollment, 'pending.json')),
    ask: ({ now = () => new Date(), signal, ...wanted }: Options = {}) =>
      enroll(
        {
          manager: url,
          ca_fingerprint: authority.fingerprint,
          agent_port: 12443,
          again: false,
          interval_seconds: 0.02,
          ...wanted,
        },
        {
          places: where,
          say: (line) => said.push(line),
          now,
          signal: signal ?? new AbortController().signal,
        },
      ),
  }
}
type Host = ReturnType<typeof newHost>

export const mode = (file: string) => statSync(file).mode & 0o777

/** Runs it until something happens, and cuts it off there. */
export async function cutOff(host: Host, happened: () => boolean, options: Options = {}) {
  const kill = new AbortController()
  const asked = host.ask({ ...options, signal: kill.signal })
  const timer = setInterval(() => happened() && kill.abort(), 5)
  await assert.rejects(asked, { name: 'AbortError' })
  clearInterval(timer)
}
