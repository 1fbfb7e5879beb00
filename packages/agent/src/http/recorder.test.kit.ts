import type { Action, TurnedAway } from '../services/audit.ts'

/** An audit log that is a list. */
export function recorder() {
  const refusals: TurnedAway[] = []
  const actions: Action[] = []
  return {
    refusals,
    actions,
    turnedAway: (refusal: TurnedAway) => void refusals.push(refusal),
    action: (action: Action) => void actions.push(action),
  }
}

/** Metrics that are a list. */
export function counting() {
  const counted: string[] = []
  return {
    counted,
    request: (method: string, route: string, status: number) =>
      void counted.push(`${method} ${route} ${status}`),
    refused: (code: string) => void counted.push(code),
  }
}

export const quiet = { debug() {}, info() {}, warn() {}, error() {} }
