import { openLab, type Lab } from '../../test/lab/lab.ts'
import { bundle } from '../bundle.ts'
import { buildPage } from '../build-page.ts'
import { fetchUpdates, type Fetched } from './fetch.ts'
import { prepare } from './hosts.ts'
import { joinAll } from './joining.ts'
import { PORT, startManager } from './manager.ts'
import { patchAll } from './patching.ts'
import type { Say, Together } from './progress.ts'

const names = ['web', 'db'] as const
export type DemoLab = Lab<(typeof names)[number]>

/** How the demo is watched. */
export type Shown = { together: Together; print: Say }
/** What is opened is closed by whoever called, also when a step fails or the demo is stopped. */
type Deps = Shown & { opened: AsyncDisposableStack }

/** The manager and its page, for a machine that cannot boot hosts. */
export async function showPage({ together, opened }: Deps) {
  await together({ page: { title: 'Build the page', work: buildPage } })
  const { manager } = await together({ manager: managerStep(opened, ['localhost']) })
  return manager
}

/** Real hosts, from nothing to patched, and what speaks against it. */
export async function showAll(deps: Deps) {
  const { together, opened } = deps
  const { lab, agent, updates } = await together({
    page: { title: 'Build the page', work: buildPage },
    agent: { title: 'Build the agent', work: () => bundle() },
    lab: { title: "Boot two hosts over this machine's own root", work: () => openHosts(opened) },
    updates: { title: 'Fetch updates that are pending on this machine', work: fetchUpdates },
  })
  await publish(lab, updates)

  const step = (name: (typeof names)[number]) => ({
    title: `${name}: install old packages and the agent`,
    work: (say: Say) => prepare(lab.hosts[name], agent, say),
  })
  const { manager } = await together({
    manager: managerStep(opened, [lab.gateway, 'localhost']),
    web: step('web'),
    db: step('db'),
  })
  const joined = await joinAll(deps, lab, manager)
  return { lab, manager, found: await patchAll(deps, { lab, manager, joined }) }
}

function openHosts(opened: AsyncDisposableStack): Promise<DemoLab> {
  const opening = openLab({ hosts: names, base: 'machine' })
  opened.defer(() => close(opening))
  return opening
}

const managerStep = (opened: AsyncDisposableStack, addresses: string[]) => ({
  title: `Start the manager on port ${PORT}`,
  work() {
    const starting = startManager({ names: addresses })
    opened.defer(() => close(starting))
    return starting
  },
})

/** Closes also what is still being opened; what could not be opened has closed itself. */
async function close(opening: Promise<AsyncDisposable>) {
  const [result] = await Promise.allSettled([opening])
  if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose]()
}

async function publish({ repository }: DemoLab, updates: Fetched) {
  for (const suite of ['updates', 'security'] as const) {
    const files = updates.filter((update) => update.suite === suite).map(({ path }) => path)
    if (files.length > 0) await repository.addDebs(files, suite)
  }
}
