import { Failure } from '@linux-patch/shared/failure'

type Places = { at_once: number; waiting: number }
type Turn = { begin: () => void; signal: AbortSignal | undefined; leave: () => void }

const RETRY_AFTER_SECONDS = 5

/**
 * Lets so many work at once and so many more wait; whoever comes then is refused at once. Who has given up waiting
 * leaves the queue. So a flood takes no more memory and time than a few of it do.
 */
export function turns(places: Places) {
  const queue: Turn[] = []
  let free = places.at_once

  const wait = (signal: AbortSignal | undefined) =>
    new Promise<void>((begin, refuse) => {
      const leave = () => {
        queue.splice(queue.indexOf(turn), 1)
        refuse(given())
      }
      const turn = { begin, signal, leave }
      queue.push(turn)
      signal?.addEventListener('abort', leave, { once: true })
    })

  function next() {
    const turn = queue.shift()
    if (!turn) return void free++
    turn.signal?.removeEventListener('abort', turn.leave)
    turn.begin()
  }

  return async <Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> => {
    if (signal?.aborted) throw given()
    if (free > 0) free--
    else if (queue.length < places.waiting) await wait(signal)
    else throw tooMany()
    try {
      return await work()
    } finally {
      next()
    }
  }
}

const given = () => new Failure('unavailable', 'The request was cancelled before its turn came.')

const tooMany = () =>
  new Failure(
    'rate_limited',
    'Too many people are signing in right now: try again in a few seconds.',
    {
      details: { retry_after_seconds: RETRY_AFTER_SECONDS },
    },
  )
