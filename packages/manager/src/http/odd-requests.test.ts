import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:https'
import { after, before, test } from 'node:test'
import { placeOf, type Endpoint } from '@linux-patch/shared/contract'
import { managerApi } from '@linux-patch/shared/manager-api'
import { isEverywhere, isOwn, permissions } from '@linux-patch/shared/permissions'
import { rows } from './access-rows.test.kit.ts'
import { stage, type Stage } from './access-stage.test.kit.ts'
import { bearer } from './asker.test.kit.ts'
import { askFor, type RowInput } from './row-request.test.kit.ts'

type Name = keyof typeof managerApi
const endpoints = Object.entries<Endpoint>(managerApi) as [Name, Endpoint][]

let on: Stage
before(async () => {
  on = await stage()
  const given = permissions.filter((one) => !isOwn(one) && !isEverywhere(one))
  await on.admin.createRole({ name: 'everything', permissions: given, scoped: true })
})
after(() => on[Symbol.asyncDispose]())
const inputOf = async (name: Name) => (await rows[name].input(on)) as RowInput
const admin = async () => (await on.session('admin')).token

/** What a provider sends along besides is its own business. */
const takesAnything: Name[] = ['endSso', 'backchannelLogout']

for (const [name, endpoint] of endpoints.filter(([name]) => !takesAnything.includes(name)))
  test(`${name} refuses what it does not know, and does nothing`, async () => {
    const input = await inputOf(name)
    for (const extra of ['role_id', 'is_admin', 'created_by_id', 'scope', 'constructor']) {
      const answer = await askFor(
        on,
        endpoint,
        { ...input, [extra]: 'admin' },
        { token: await admin() },
      )
      assert.deepEqual(
        [answer.status, answer.code],
        [400, 'invalid_request'],
        `${extra}: ${answer.body}`,
      )
    }
    // The very same is still there to be done.
    const { status } = await askFor(on, endpoint, input, { token: await admin() })
    assert.equal(status, rows[name].status)
  })

const foreign = [
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
]
for (const [name, endpoint] of endpoints.filter(([, { route }]) => !route.startsWith('GET ')))
  test(`${name} is done for no other site, and is still there to be done`, async () => {
    const input = await inputOf(name)
    for (const headers of foreign) {
      const { status, code } = await askFor(on, endpoint, input, { token: await admin(), headers })
      assert.deepEqual([status, code], [403, 'forbidden_origin'])
    }
    const { status } = await askFor(on, endpoint, input, { token: await admin() })
    assert.equal(status, rows[name].status)
  })

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
/** The same with ids that are of nothing. */
const unknownIds = (input: RowInput) =>
  JSON.parse(JSON.stringify(input).replaceAll(uuids, () => randomUUID())) as RowInput

for (const [name, endpoint] of endpoints.filter(([name]) => rows[name].outside !== null))
  test(`${name} tells one's neighbour the same of what there is as of what there is not`, async () => {
    const input = await inputOf(name)
    const wordsOf = async (asked: RowInput) => {
      const { token } = await on.session('everything', [on.other.id])
      const { status, body } = await askFor(on, endpoint, asked, { token })
      const { code, message, details } = JSON.parse(body).error
      return JSON.stringify([status, code, message, details]).replaceAll(uuids, 'id')
    }
    assert.equal(await wordsOf(input), await wordsOf(unknownIds(input)))
  })

/** Other spellings of a path that some servers take for the same. */
const spellings: ((path: string) => string)[] = [
  (path) => `/${path}`,
  (path) => path.replace('/v1', '//v1'),
  (path) => `${path}/`,
  (path) => path.toUpperCase(),
  (path) => path.replace('/api', '/API'),
  (path) => path.replace('/v1', '/%76%31'),
  (path) => path.replace('/v1', '/./v1'),
  (path) => path.replace('/v1', '/v1/anything/..'),
  (path) => path.replace('/v1', '/v1/%2e%2e/v1'),
  (path) => path.replaceAll('/', '%2f').replace('%2f', '/'),
  (path) => `${path};anything`,
  (path) => `${path}%00`,
  (path) => `${path}%20`,
  (path) => `${path}.json`,
  (path) => `${path}?access_token=anything`,
  (path) => `https://127.0.0.1${path}`,
]

for (const [name, endpoint] of endpoints.filter(([, { access }]) => access !== 'anyone'))
  test(`no other spelling of its path opens ${name}`, async () => {
    const input = await inputOf(name)
    const { path } = placeOf(endpoint)
    for (const spell of spellings) {
      const { status } = await askFor(on, endpoint, input, { place: spell(path) })
      // What is no path of the API is one of the page, which is not built here.
      assert.ok([400, 401, 404, 405, 503].includes(status), `${spell(path)}: ${status}`)
    }
    const { status } = await askFor(on, endpoint, input, { token: await admin() })
    assert.equal(status, rows[name].status)
  })

test('a header or a parameter makes no other method of the one that was sent', async () => {
  const id = await on.host()
  const headers = {
    ...bearer(await admin()),
    'x-http-method-override': 'DELETE',
    'x-method-override': 'DELETE',
    'x-http-method': 'DELETE',
  }
  assert.equal((await on.ask('GET', `/api/v1/hosts/${id}`, { headers })).status, 200)
  assert.equal((await on.ask('GET', `/api/v1/hosts/${id}?_method=DELETE`, { headers })).status, 400)
  assert.equal((await on.ask('POST', `/api/v1/hosts/${id}`, { headers, body: '{}' })).status, 405)
  assert.equal((await on.stores.hosts.get(id, 'all')).retired_at, null)
})

test('HEAD is let in like GET, and OPTIONS opens nothing to other sites', async () => {
  const head = async (headers = {}) => (await on.ask('HEAD', '/api/v1/hosts', { headers })).status
  assert.deepEqual([await head(), await head(bearer(await admin()))], [401, 200])
  const origin = { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' }
  const { status, headers } = await on.ask('OPTIONS', '/api/v1/hosts', { headers: origin })
  assert.equal(status, 405)
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('access-control-')),
    [],
  )
})

test('no answer of the API may be kept on the way, nor any refusal', async () => {
  const kept = async (path: string, token?: string) => {
    const { status, headers } = await on.ask('GET', path, { headers: bearer(token) })
    return [status, headers['cache-control']]
  }
  assert.deepEqual(await kept('/api/v1/users/me', await admin()), [200, 'no-store'])
  assert.deepEqual(await kept('/api/v1/users/me'), [401, 'no-store'])
  assert.deepEqual(await kept('/api/v1/health'), [200, 'no-store'])
  assert.deepEqual(await kept('/api/v1/nothing-like-it'), [404, 'no-store'])
})

/** The status of a request with these headers, each as often as it stands there. */
function statusWith(headers: [string, string][]) {
  const { port, authority } = on
  return new Promise<number | undefined>((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      ca: authority.root_pem,
      path: '/api/v1/users/me',
      headers: headers.flat(),
    })
    asked.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
    asked.end()
  })
}

test('of two tokens in one request none counts', async () => {
  const token = await admin()
  const one: [string, string] = ['Authorization', `Bearer ${token}`]
  const host: [string, string] = ['Host', '127.0.0.1']
  assert.equal(await statusWith([host, one]), 200)
  assert.equal(await statusWith([host, one, ['Authorization', 'Bearer other']]), 401)
  assert.equal(await statusWith([host, ['authorization', 'Basic eDp5'], one]), 401)
  assert.equal(await statusWith([host, ['Authorization', `Bearer ${token}, Bearer ${token}`]]), 401)
})

test('a parameter that is said twice, or is no plain value, is refused', async () => {
  const headers = bearer(await admin())
  for (const query of [
    'limit=1&limit=1000',
    'search=a&search=b',
    'search[]=a',
    'search[like]=a',
    'limit=1e3',
    'limit=-1',
    '__proto__[limit]=1',
    'toString=1',
  ]) {
    const { status, code } = await on.ask('GET', `/api/v1/hosts?${query}`, { headers })
    assert.deepEqual([query, status, code], [query, 400, 'invalid_request'])
  }
  const id = await on.host()
  const twice = await on.ask('GET', `/api/v1/hosts/${id}?id=${await on.host()}`, { headers })
  assert.equal(twice.status, 400)
})
