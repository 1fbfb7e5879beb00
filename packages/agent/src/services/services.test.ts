import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Service } from '@linux-patch/shared/agent-api/system'
import type { Ran } from '../run.ts'
import { parseShow, serviceStates } from './services.ts'

const CRON = `Id=cron.service
Description=Regular background program processing daemon
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
StateChangeTimestampMonotonic=4000000
`
const GONE = `Id=nothing.service
Description=nothing.service
LoadState=not-found
ActiveState=inactive
SubState=dead
UnitFileState=
StateChangeTimestampMonotonic=0
`

function host(answer: Partial<Ran>, outdated: string[] | null = []) {
  const asked: string[][] = []
  const services = serviceStates({
    packageManager: { outdatedServices: async () => outdated },
    async run(_program, args) {
      asked.push(args)
      return { exitCode: 0, stdout: '', stderr: '', ...answer }
    },
    now: () => new Date('2026-01-01T00:00:10Z'),
    monotonic: () => 10_000_000,
  })
  return { services, asked }
}
const cron = (lines: Record<string, string>) =>
  host({
    stdout: Object.entries(lines).reduce(
      (text, [name, value]) => text.replace(new RegExp(`${name}=.*`), `${name}=${value}`),
      CRON,
    ),
  })

test('a service is what systemd says of it', async () => {
  const { services, asked } = host({ stdout: CRON }, ['cron.service'])
  const service = await services.get({ name: 'cron' })
  assert.deepEqual(service, {
    name: 'cron.service',
    description: 'Regular background program processing daemon',
    active_state: 'active',
    sub_state: 'running',
    enabled: true,
    since: '2026-01-01T00:00:04.000Z',
    outdated: true,
  })
  assert.doesNotThrow(() => Service.parse(service))
  assert.deepEqual(asked[0]?.slice(-2), ['--', 'cron.service'])
})

test('a name with its suffix is the same service; another kind of unit is none', async () => {
  const { services, asked } = host({ stdout: CRON })
  await services.get({ name: 'cron.service' })
  await services.get({ name: 'cron.timer' })
  assert.deepEqual(
    asked.map((args) => args.at(-1)),
    ['cron.service', 'cron.timer.service'],
  )
})

for (const [state, enabled] of [
  ['enabled', true],
  ['enabled-runtime', true],
  ['disabled', false],
  ['masked', false],
  ['masked-runtime', false],
  ['static', null],
  ['generated', null],
  ['', null],
] as const)
  test(`a unit file that is ${state || 'not there'} is enabled: ${enabled}`, async () => {
    const { services } = cron({ UnitFileState: state })
    assert.equal((await services.get({ name: 'cron' })).enabled, enabled)
  })

test('a state that never changed has no time', async () => {
  const { services } = cron({ StateChangeTimestampMonotonic: '0' })
  assert.equal((await services.get({ name: 'cron' })).since, null)
})

test('where nobody can tell what is outdated, neither do we', async () => {
  assert.equal((await host({ stdout: CRON }, null).services.get({ name: 'cron' })).outdated, null)
  await assert.rejects(host({}, null).services.outdated(), { code: 'PKG_MANAGER_ERROR' })
})

const noSuchService = { code: 'INVALID_REQUEST', details: { reason: 'no_such_service' } }

test('a service that is not there is refused by name', async () => {
  await assert.rejects(host({ stdout: GONE }).services.get({ name: 'nothing' }), noSuchService)
  const stderr = 'Failed to get properties: Unit name getty@.service is missing the instance name.'
  await assert.rejects(
    host({ exitCode: 1, stderr }).services.get({ name: 'getty@' }),
    noSuchService,
  )
})

test('a service whose file is gone while it runs is still there', async () => {
  const { services } = cron({ LoadState: 'not-found' })
  assert.equal((await services.get({ name: 'cron' })).active_state, 'active')
})

test('a systemd that does not answer is no missing service', () =>
  assert.rejects(
    host({ exitCode: 1, stderr: 'Failed to connect to bus: Host is down' }).services.get({
      name: 'cron',
    }),
    { code: 'SERVICE_UNHEALTHY' },
  ))

test('outdated services are described all at once, and none is asked about where there is none', async () => {
  const ssh = CRON.replaceAll('cron', 'ssh')
  const { services, asked } = host({ stdout: `${CRON}\n${ssh}` }, ['cron.service', 'ssh'])
  const { services: found } = await services.outdated()
  assert.deepEqual(
    found.map(({ name, outdated }) => [name, outdated]),
    [
      ['cron.service', true],
      ['ssh.service', true],
    ],
  )
  assert.equal(asked.length, 1)

  const current = host({}, [])
  assert.deepEqual(await current.services.outdated(), { services: [] })
  assert.equal(current.asked.length, 0)
})

test('units come back as systemd printed them, in its order, and no text makes it throw', () => {
  const value = fc.stringMatching(/^[ -~]{0,20}$/)
  const unit = fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{1,10}$/), value, { minKeys: 1 })
  fc.assert(
    fc.property(fc.array(unit), fc.string(), (units, junk) => {
      const blocks = units.map((one) =>
        Object.entries(one)
          .map(([name, said]) => `${name}=${said}\n`)
          .join(''),
      )
      const found = parseShow(blocks.join('\n'))
      assert.deepEqual(
        found.map((one) => [...one]),
        units.map((one) => Object.entries(one)),
      )
      parseShow(junk)
    }),
  )
})
