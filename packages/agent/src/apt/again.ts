import type { Ran, Run } from '../run.ts'

const TRIES = 5

/**
 * Asks apt again where two of its programs were at its cache at once. After a change the first to come builds it anew,
 * and another that looks meanwhile may end with
 *
 *     E: Cache is out of sync, can't x-ref a package file
 *     E: The package cache file is corrupted
 *
 * It has no exit code of its own for that, so its words have to do.
 */
export const withPatience =
  (run: Run): Run =>
  async (program, args, options) => {
    for (let tried = 1; ; tried += 1) {
      const ran = await run(program, args, options)
      const isOfApt = program === 'aptCache' || program === 'aptGet'
      if (!isOfApt || tried === TRIES || !collided(ran)) return ran
    }
  }

const collided = ({ exitCode, stderr }: Ran) =>
  exitCode !== 0 && /^E: (Cache is out of sync|The package cache file )/m.test(stderr)
