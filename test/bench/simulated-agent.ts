import { admission, allowing } from '@linux-patch/agent/http/admit'
import { app } from '@linux-patch/agent/http/app'
import { rateLimits } from '@linux-patch/agent/http/rate-limits'
import { counting, quiet, recorder } from '@linux-patch/agent/http/recorder.test.kit'
import { agentServer } from '@linux-patch/agent/http/server'
import type { Places } from '@linux-patch/agent/config-places'
import { againstRevoked } from '@linux-patch/agent/services/against-revoked'
import { settings } from '@linux-patch/agent/services/settings'
import { usualAnswers } from '@linux-patch/manager/agents/answers.test.kit'
import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Handlers } from '@linux-patch/shared/contract'

const now = () => new Date()

type Options = { places: Places; address: string; onHealth: () => void }

/** Answers a manager by the agent's own settings, whitelist, TLS and HTTP. What it says is canned: no package is looked at. */
export async function simulatedAgent({ places, address, onHealth }: Options) {
  const current = settings({ places, resolve: async () => [], log: quiet })
  current.read()
  const material = current.own.own()
  if (!material) throw new Error(`A simulated host has no certificate: ${current.own.problem()}`)
  const config = current.config.value()
  const audit = recorder()
  const server = agentServer({
    material,
    allows: current.list.allows,
    audit,
    diagnose: () => false,
    reasonAgainst: againstRevoked(current, now),
    now,
  })
  const { callerOf } = server
  const handlers = canned(onHealth)
  const admit = admission({
    callerOf,
    allow: allowing(() => config.operations),
    limits: rateLimits({ limits: () => config.rate_limits }),
    now,
  })
  const routes = app({ handlers, admit, callerOf, audit, metrics: counting(), log: quiet })
  const upgrade = (_request: unknown, socket: { destroy(): void }) => socket.destroy()
  await server.listen({ app: routes, upgrade }, address, config.listen.port)
  return server
}

function canned(onHealth: () => void): Handlers<AgentApi, unknown> {
  const usual = usualAnswers(new Map(), new Map())
  return {
    ...usual,
    getHealth(input, call) {
      onHealth()
      return usual.getHealth(input, call)
    },
  }
}
