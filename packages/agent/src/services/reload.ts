import type { AgentApi } from '@linux-patch/shared/agent-api'
import type { Answer } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { Problems } from './settings.ts'

type Deps = {
  settings: { reload: () => Promise<Problems> }
  /** Has the manager asked whom to trust now. */
  nudge: () => void
}

export const reloadService = ({ settings, nudge }: Deps) => ({
  /** Throws CONFIG_INVALID where a file is wrong: what it last said well still holds. */
  async reload(): Promise<Answer<AgentApi['reloadConfig']>> {
    // Not waited for: whoever asks may be the manager itself.
    nudge()
    const read = Object.entries(await settings.reload())
    const wrong = read.filter(([, problem]) => problem !== null)
    if (wrong.length === 0) return { reloaded: read.map(([name]) => name) }
    throw new Failure('CONFIG_INVALID', wrong.map(([, problem]) => problem).join('\n'), {
      details: { problems: Object.fromEntries(wrong) },
    })
  },
})
