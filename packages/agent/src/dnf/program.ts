import { existsSync } from 'node:fs'
import { z } from 'zod'
import { Failure } from '@linux-patch/shared/failure'
import { noLists, type Command } from '../package-manager.ts'
import { environment, programs, type Run } from '../run.ts'
import { spellings, type Generation } from './spelling.ts'

/** Nothing of the host's own comes in between, and nothing compiled is left behind. */
const toArguments = (generation: Generation, mode: string, asked: object) => [
  '-I',
  '-B',
  spellings[generation].program,
  mode,
  JSON.stringify(asked),
]

/** The Python that dnf itself runs on; what `python3` is, an administrator may have changed. */
const python = () => (existsSync(programs.platformPython) ? 'platformPython' : 'python3')

const Found = z.object({
  name: z.string(),
  arch: z.string(),
  version: z.string(),
  repository: z.string(),
})
const Coming = Found.extend({
  download_bytes: z.number(),
  installed_bytes: z.number(),
  is_here: z.boolean(),
})
const Offer = Found.extend({ excluded: z.boolean() })
const OfferedUpdate = Offer.extend({
  source: z.string(),
  taken: z.boolean(),
  replaced_by: z.array(Found),
})

/** What the program answers, by what it is asked to do. */
const answers = {
  known: z.object({
    updates: z.array(OfferedUpdate),
    problem: z.string(),
    /** Names that a lock keeps as they are, where dnf itself knows of locks: in dnf 4 they are a plugin's. */
    locked: z.array(z.string()).default([]),
    repositories: z.array(
      z.object({ id: z.string(), primary: z.string(), updateinfo: z.string().nullable() }),
    ),
  }),
  state: z.object({
    automatic: z.array(z.string()),
    failed: z.array(z.string()),
    unfinished: z.array(z.string()),
    replaced: z.array(z.string()),
    parallel: z.array(z.string()),
  }),
  offers: z.array(Offer),
  plan: z.object({
    install: z.array(Coming),
    remove: z.array(Found.extend({ installed_bytes: z.number() })),
  }),
  ties: z.array(z.array(z.string()).nullable()),
  fetch: z.object({
    /** Those that are there now, and whole. */
    packages: z.array(Found),
    problem: z.string(),
  }),
}
type Question = keyof typeof answers
export type Answer<Asked extends Question> = z.output<(typeof answers)[Asked]>
export type Coming = z.output<typeof Coming>
export type Offer = z.output<typeof Offer>

/** One package as the program is told it; without an architecture it is the host's own, or none. */
export type Exact = { name: string; arch: string | null; version: string }

/** A transaction as the program is told it. */
export type Asked = {
  comment: string
  install: Exact[]
  /** Names, as the API has them. */
  remove: string[]
  files: string[]
  exclude: string[]
  /** Installs again what is there already. */
  again: boolean
  /** Whether what is recommended comes too. */
  weak: boolean
  /** Whether packages that nobody named may go. */
  erase: boolean
}

export type Ask = <Asked extends Question>(
  question: Asked,
  asked: object,
  minutes?: number,
) => Promise<Answer<Asked>>

const [REFUSED, NO_LISTS, NO_LIBRARY] = [3, 4, 6]

const lacking = (generation: Generation) =>
  new Failure(
    'PKG_MANAGER_ERROR',
    `dnf ${generation} is asked through its library, which this host lacks: install ${spellings[generation].library}.`,
  )

/** Asks dnf by way of its own library. Throws with dnf's words, or `noLists` where it has none. */
export const asking =
  (run: Run, generation: Generation): Ask =>
  async (question, asked, minutes = 2) => {
    const args = toArguments(generation, question, asked)
    const { exitCode, stdout, stderr } = await run(python(), args, { minutes })
    if (exitCode === 0) return answers[question].parse(answerIn(stdout)) as never
    if (exitCode === NO_LISTS) throw noLists()
    if (exitCode === NO_LIBRARY) throw lacking(generation)
    const code = exitCode === REFUSED ? 'PKG_DEPENDENCY_ERROR' : 'PKG_MANAGER_ERROR'
    throw new Failure(code, wordsOf(stderr) || `dnf ended with ${exitCode} and gave no reason.`)
  }

/** The last line that is one: plugins of the host print what they like, before it and, as they are left, after it. */
function answerIn(stdout: string): unknown {
  for (const line of stdout.split('\n').toReversed())
    if (/^[[{]/.test(line))
      try {
        return JSON.parse(line)
      } catch {
        continue // a plugin's own
      }
  throw new Failure('PKG_MANAGER_ERROR', 'dnf ended without an answer.')
}

/**
 * Reads why the program ended; what came before are warnings:
 *
 *     Error: \n Problem: conflicting requests
 *       - nothing provides lab-does-not-exist needed by lab-keptback-2.0-1.noarch
 *
 * Where Python tells the way that an error came, which is of use to nobody at the host, the error is its last line:
 *
 *     Traceback (most recent call last):
 *     sqlite3.DatabaseError: file is not a database
 */
export function wordsOf(stderr: string): string {
  const at = stderr.search(/^Error: /m)
  const text =
    at === -1
      ? stderr.replace(/^Traceback [^]*\n(?:\w+\.)*\w+: (?=.*\s*$)/m, '')
      : stderr.slice(at + 'Error: '.length)
  return text.trim() && `dnf: ${text.trim().replaceAll(/\s+/g, ' ')}`
}

/** What changes the host runs in a unit of its own. */
export const commanding =
  (generation: Generation) =>
  (mode: 'download' | 'install' | 'repair' | 'refresh', asked: object): Command => ({
    argv: [programs[python()], ...toArguments(generation, mode, asked)],
    env: environment,
  })
