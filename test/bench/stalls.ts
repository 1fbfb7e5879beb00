import { setTimeout as wait } from 'node:timers/promises'

/** The longest time that a timer had to wait for its turn, in milliseconds. */
export function watchStalls() {
  let last = performance.now()
  let longest = 0
  const look = () => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  const timer = setInterval(look, 1)
  return {
    async longest() {
      await wait(2)
      clearInterval(timer)
      return longest
    },
  }
}
