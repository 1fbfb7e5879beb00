import { argon2Sync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { startManager, type Manager } from '../stories/manager.ts'
import { again } from './asking.ts'
import { interleave, median, time, type Sample } from './measure.ts'
import { say, type Report } from './table.ts'

const ROUNDS = 5
const ASKED = 100
const AT_ONCE = 50

/** What signing in costs the manager, a real process on SQLite, and what each request of somebody signed in. */
export async function signIn(): Promise<Report> {
  await using manager = await startManager({ config: { rate_limits: { sign_in: 1_000_000 } } })
  const { api, anyone, password } = manager
  const login = () => anyone.login({ username: 'admin', password })
  const fresh = await memoryOf(manager, 'VmRSS')
  await together(login) // Connections are open, code is there.
  const rushes: Sample = []
  const memory = { before: [] as Sample, most: [] as Sample }
  const taken = await interleave(ROUNDS, {
    me: () => again(ASKED, () => time(() => api.getMe())),
    health: () => again(ASKED, () => time(() => anyone.getHealth())),
    alone: () => again(AT_ONCE / 5, () => time(login)),
    hash: () => again(AT_ONCE / 5, () => time(async () => hash())),
    async rush() {
      await forgetMost(manager)
      memory.before.push(await memoryOf(manager, 'VmRSS'))
      const took = await time(() => together(login))
      memory.most.push(await memoryOf(manager, 'VmHWM'))
      rushes.push(took)
      return took
    },
  })
  return {
    figures: [
      {
        unit: 'ms',
        ours: { name: 'answer to somebody signed in, `GET /users/me`', sample: taken.me },
        beside: { name: '`GET /health`, to anybody', sample: taken.health },
      },
      {
        unit: 'ms',
        ours: { name: 'sign-in', sample: taken.alone },
        beside: { name: 'its hash alone, Argon2id', sample: taken.hash },
      },
      {
        unit: 'MiB',
        ours: {
          name: `manager at its most, while ${AT_ONCE} sign in at once`,
          sample: memory.most,
        },
        beside: { name: 'the same when it was started', sample: [fresh] },
      },
    ],
    notes: [
      `It signs ${((AT_ONCE * 1000) / median(rushes)).toFixed(0)} people in a second, two hashes of 19 MiB at a time; between such rushes it has ${say(median(memory.before), 'MiB')}.`,
    ],
  }
}

const together = (login: () => Promise<unknown>) =>
  Promise.all(Array.from({ length: AT_ONCE }, login))

/** At the cost that the manager's own have. */
const hash = () =>
  argon2Sync('argon2id', {
    message: 'a password of somebody',
    nonce: randomBytes(16),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  })

/** From now on the most is counted anew. */
const forgetMost = ({ pid }: Manager) => writeFile(`/proc/${pid()}/clear_refs`, '5')

/** In MiB. */
async function memoryOf({ pid }: Manager, name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid()}/status`, 'utf8')
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status) ?? []
  if (kibibytes === undefined) throw new Error(`There is no ${name} in:\n${status}`)
  return Number(kibibytes) / 1024
}
