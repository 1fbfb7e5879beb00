import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { AgentFailureCode } from '@linux-patch/shared/failure'

/** What an identified caller did, or was refused. */
export type Action = {
  request_id: string
  identity: string
  fingerprint: string
  address: string
  action: string
  status: number
  code: AgentFailureCode | null
}
/** A connection that was turned away before anything was asked. */
export type TurnedAway = { code: AgentFailureCode; address: string; reason: string }

type Deps = { file: string; now: () => Date; onError: (error: unknown) => void }
export type Audit = ReturnType<typeof audit>

const REPEAT_MS = 60_000
const MOST_KINDS = 500
const LARGEST_FILE = 10 * 1024 * 1024
const OLD_FILES = 5

/**
 * The log of who did what: JSON, one line each. The same refusal again within a minute is counted and not
 * written, and files are turned over, so that knocking at the door cannot fill the disk.
 */
export function audit(deps: Deps) {
  const write = writer(deps)
  const counts = counter()
  const flush = () => {
    for (const refusal of counts.take()) write('refused_again', refusal)
  }
  const timer = setInterval(flush, REPEAT_MS)
  timer.unref()

  return {
    action: (action: Action) => write('action', action),

    turnedAway(refusal: TurnedAway) {
      const news = counts.add(refusal)
      if (news) write('refused', news)
    },

    close() {
      clearInterval(timer)
      flush()
    },
  }
}

const writer =
  ({ file, now, onError }: Deps) =>
  (event: string, fields: object) => {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      turnOver(file)
      const line = JSON.stringify({ timestamp: now().toISOString(), event, ...fields })
      appendFileSync(file, `${line}\n`, { mode: 0o600 })
    } catch (error) {
      // A full disk must not stop the agent: the journal hears of it instead.
      onError(error)
    }
  }

/** Refusals of one kind, from so many addresses at most; those of all further ones are counted as one. */
function counter() {
  let kinds = new Map<string, TurnedAway & { times: number }>()
  const keyOf = ({ code, address, reason }: TurnedAway) => `${code} ${address} ${reason}`
  return {
    /** Answers the refusal where it is the first of its kind. */
    add(refusal: TurnedAway): TurnedAway | undefined {
      const isCounted = kinds.size < MOST_KINDS || kinds.has(keyOf(refusal))
      const kind = isCounted ? refusal : { ...refusal, address: 'others' }
      const before = kinds.get(keyOf(kind))
      if (before) before.times += 1
      else kinds.set(keyOf(kind), { ...kind, times: 0 })
      return before ? undefined : kind
    },
    /** What came again, and begins anew. */
    take() {
      const repeated = [...kinds.values()].filter(({ times }) => times > 0)
      kinds = new Map()
      return repeated
    },
  }
}

function turnOver(file: string) {
  if (!existsSync(file) || statSync(file).size < LARGEST_FILE) return
  for (let age = OLD_FILES - 1; age >= 1; age -= 1)
    if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`)
  renameSync(file, `${file}.1`)
}
