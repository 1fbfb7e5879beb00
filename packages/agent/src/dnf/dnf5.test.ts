import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '../run.ts'
import { captured } from './captured.test.kit.ts'
import { dnf } from './dnf.ts'
import { hostWith } from './host.test.kit.ts'

/** A host of the lab with dnf 5.4 and rpm 6.1, as its programs answered. */
function host(answer?: Awaited<ReturnType<Run>>) {
  const { root } = hostWith({ 'proc/locks': '' })
  const run: Run = async (program, args) => {
    if (program !== 'rpm' && answer) return answer
    const answered = captured(`lab-dnf5-${program === 'rpm' ? 'installed' : args[3]}.txt`)
    // Its advisories are read from a file of that host.
    const stdout = answered.replace(/"updateinfo": "[^"]*"/, '"updateinfo": null')
    return { exitCode: 0, stdout, stderr: '' }
  }
  return { manager: dnf(run, { root, generation: 5 }) }
}

test('dnf 5 tells what is kept back, and by whom', async () => {
  const { packages } = await host().manager.list()
  const why = (name: string) => packages.find((one) => one.name === name)?.blocked_by
  assert.equal(why('lab-hello'), null)
  assert.equal(why('lab-held')?.reason, 'held')
  assert.equal(why('lab-conf')?.reason, 'excluded')
  assert.equal(
    why('lab-keptback')?.detail,
    'dnf keeps it back: nothing provides lab-does-not-exist needed by lab-keptback-2.0-1.noarch from lab.',
  )
})

test('dnf 5 tells what goes on under a new name, what lives side by side and what is broken', async () => {
  const { packages } = await host().manager.list()
  const find = (name: string) => packages.find((one) => one.name === name)
  assert.equal(find('lab-old-name')?.available_version, '2.0-1')
  assert.equal(find('lab-fail')?.status, 'broken')
  assert.deepEqual(
    [find('kernel')?.version, find('kernel-5.14.0-1')?.status],
    ['5.14.0-2', 'installed'],
  )
  assert.equal(find('gpg-pubkey'), undefined)
})

test('a host without the library of its dnf is told which package that is', async () => {
  const { manager } = host({ exitCode: 6, stdout: '', stderr: "Error: No module named 'libdnf5'" })
  await assert.rejects(manager.list(), { code: 'PKG_MANAGER_ERROR', message: /python3-libdnf5/ })
})

test('what changes such a host asks its dnf and no other', () => {
  const { manager } = host()
  const commands = [
    manager.refresh('1'),
    ...manager.repair({ interrupted: true, broken_packages: [] }),
  ]
  for (const { argv } of commands) assert.match(argv[3] ?? '', /\/dnf5$/)
  assert.deepEqual(manager.repair({ interrupted: false, broken_packages: [] }), [])
})
