import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { skipWithout } from '../needs.test.kit.ts'
import { run } from '../run.ts'
import { listsExist, listsUpdatedAt } from './freshness.ts'

const captured = (name: string) => new URL(`captured/archive-${name}.txt`, import.meta.url)
const skip = skipWithout('apt')
type Answer = 'new' | 'unchanged' | 'broken' | 'forged'

/** Two archives, a and b, that answer as a test says, and a host of their own that fetches their lists. */
async function world() {
  const answers: Record<string, Answer> = { a: 'new', b: 'new' }
  const server = createServer((request, response) => {
    const [, archive = '', ...path] = (request.url ?? '').split('/')
    const answer = answers[archive] ?? 'broken'
    const name = path.at(-1) ?? ''
    if (answer === 'broken') return response.writeHead(500).end()
    if (name !== 'InRelease' && name !== 'Packages') return response.writeHead(404).end()
    if (answer === 'unchanged') return response.writeHead(304).end()
    const text = readFileSync(captured(name), 'utf8')
    response.setHeader('Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT')
    response.end(answer === 'forged' ? text.replace('Origin: Test', 'Origin: Evil') : text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const root = mkdtempSync(join(tmpdir(), 'apt-freshness-'))
  const options = fillHost(root, (server.address() as AddressInfo).port)
  const lists = join(root, 'state/lists')
  return {
    lists,
    answers,
    update: () => run('aptGet', ['update', ...options]),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      rmSync(root, { recursive: true })
    },
  }
}

function fillHost(root: string, port: number): string[] {
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'etc/parts'])
    mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'status'), '')
  writeFileSync(
    join(root, 'etc/sources.list'),
    ['a', 'b']
      .map(
        (name) =>
          `deb [signed-by=${captured('key').pathname}] http://127.0.0.1:${port}/${name} test main\n`,
      )
      .join(''),
  )
  const places = {
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'Dir::Etc': join(root, 'etc'),
    'Dir::Etc::parts': join(root, 'etc/parts'),
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '0',
    'APT::Update::Post-Invoke-Success': '',
  }
  return Object.entries(places).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

test('without lists there is no time', async () => {
  await using host = await world()
  assert.equal(await listsUpdatedAt(host.lists), null)
  assert.equal(await listsUpdatedAt(join(host.lists, 'nowhere')), null)
  assert.equal(await listsExist(host.lists), false)
})

const failures: [what: string, answers: Record<string, Answer>][] = [
  ['all that fail', { a: 'broken', b: 'broken' }],
  ['one that fails', { a: 'unchanged', b: 'broken' }],
  ['one that fails beside a new one', { a: 'new', b: 'broken' }],
  ['one that somebody forged', { a: 'unchanged', b: 'forged' }],
]
for (const [what, answers] of failures)
  test(`of ${what}, lists are as old as they were before`, { skip }, async () => {
    await using host = await world()
    await host.update()
    // Two lists do not come at the same moment: which of them is the oldest may change.
    const before = new Date().toISOString()
    Object.assign(host.answers, answers)
    await host.update()
    const after = await listsUpdatedAt(host.lists)
    assert.ok(after !== null && after <= before, `${after} is not before ${before}`)
  })

test(
  'lists that came, and lists that the archives call unchanged, are as new as that',
  { skip },
  async () => {
    await using host = await world()
    for (const answer of ['new', 'unchanged', 'unchanged'] as const) {
      Object.assign(host.answers, { a: answer, b: answer })
      const start = Date.now()
      const { exitCode, stderr } = await host.update()
      assert.deepEqual([exitCode, stderr], [0, ''])
      // The file system's clock ticks more coarsely than ours.
      assert.ok(Date.parse((await listsUpdatedAt(host.lists)) ?? '') >= start - 20, answer)
      assert.equal(await listsExist(host.lists), true)
    }
  },
)

test('after a failure, the next success counts', { skip }, async () => {
  await using host = await world()
  await host.update()
  host.answers['b'] = 'broken'
  await host.update()
  const start = Date.now()
  Object.assign(host.answers, { a: 'unchanged', b: 'unchanged' })
  await host.update()
  assert.ok(Date.parse((await listsUpdatedAt(host.lists)) ?? '') >= start - 20)
})
