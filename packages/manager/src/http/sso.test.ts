import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import type { Failure } from '@linux-patch/shared/failure'
import { saying } from '../oidc/forging.test.kit.ts'
import { hashOf } from '../services/secret-hash.ts'
import { manager } from '../start/manager.test.kit.ts'
import { browser } from '../oidc/browser.test.kit.ts'
import { Agent } from 'undici'
import { ALIAS, CANONICAL, ssoWorld, type SsoWorld } from './sso.test.kit.ts'

let world: SsoWorld
before(async () => (world = await ssoWorld()))
after(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  world.idp.state.refuses = false
  world.idp.state.forge = undefined
})

const callbackAt = (path: string) => `${world.origin}${path}/callback`

test('the page learns whether there is single sign-on, its name and where it begins, and nothing else', async () => {
  for (const path of [CANONICAL, ALIAS]) {
    const { body } = await world.ask('GET', `${path}/config`)
    assert.deepEqual(JSON.parse(body), {
      enabled: true,
      display_name: 'Single sign-on',
      auth_url: '/api/v1/auth/sso/login',
    })
  }
})

test('where it is off there is nothing to begin, to come back to or to trade', async () => {
  await using off = await manager()
  const { body } = await off.ask('GET', `${CANONICAL}/config`)
  assert.equal((JSON.parse(body) as { enabled: boolean }).enabled, false)
  for (const path of ['login', 'callback?code=a&state=b']) {
    const { status, code, headers } = await off.ask('GET', `${CANONICAL}/${path}`)
    assert.deepEqual([status, code, headers.location], [404, 'not_found', undefined])
  }
  const sent = JSON.stringify({ handoff_code: 'x' })
  assert.equal((await off.ask('POST', `${CANONICAL}/handoff`, { body: sent })).status, 400)
})

for (const path of [CANONICAL, ALIAS])
  test(`somebody goes to the provider by ${path}, comes back there and is signed in`, async () => {
    await world.set({ redirect_uri: callbackAt(path) })
    const alice = world.visitor()
    const back = await alice.goAndCome(`${path}/login`)
    assert.ok(back.startsWith(`${callbackAt(path)}?`))

    const landed = await alice.land(back)
    assert.equal(landed.path, '/')
    assert.deepEqual(Object.keys(landed.query), ['handoff'])

    const { status, headers, body } = await alice.exchange(landed.query.handoff)
    const tokens = JSON.parse(body)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(tokens).toSorted(), [
      'access_token',
      'expires_in',
      'refresh_token',
      'token_type',
      'user',
    ])
    assert.equal((await world.as(tokens.access_token).getMe()).display_name, 'Alice')
    assert.match(
      String(headers['set-cookie']),
      /^__Host-refresh=.*HttpOnly; Secure; SameSite=Strict$/,
    )
    assert.equal(headers['cache-control'], 'no-store')
    const again = await world.as().refresh({ refresh_token: tokens.refresh_token })
    assert.equal(again.user.username, 'alice')

    const secrets = [tokens.access_token, tokens.refresh_token]
    for (const secret of secrets) assert.ok(!alice.seen.some((place) => place.includes(secret)))
  })

test('a sign-in is tied to its browser by a cookie that no script reads', async () => {
  const { visit } = world.visitor()
  const { status, headers, location } = await visit(`${world.origin}${CANONICAL}/login`)
  assert.equal(status, 302)
  assert.match(
    String(headers['set-cookie']),
    /^__Host-sso=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  const { origin, searchParams } = new URL(location ?? '')
  assert.equal(origin, world.idp.issuer)
  assert.equal(searchParams.get('code_challenge_method'), 'S256')
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.match(searchParams.get(name) ?? '', /^[\w-]{43}$/)
})

test('a session is as fresh as the proof at the provider, which is asked for a fresh one', async () => {
  await using world = await ssoWorld({ role_by_group: { leads: 'admin' } })
  world.idp.people.set('alice', { groups: ['leads'] })
  const { location } = await world.visitor().visit(`${world.origin}${CANONICAL}/login`)
  assert.equal(new URL(location ?? '').searchParams.get('max_age'), '1800')

  const dangerous = async () => {
    const { tokens } = await world.visitor().signIn()
    return world.as(tokens?.access_token).createRole({
      name: 'patcher',
      permissions: ['host:read'],
      scoped: true,
    })
  }
  const hourAgo = Math.floor(Date.now() / 1000) - 3600
  world.idp.state.forge = saying({ auth_time: hourAgo })
  await assert.rejects(dangerous(), ({ code, details }: Failure) => {
    assert.deepEqual([code, details.methods], ['step_up_required', ['sso']])
    return true
  })
  world.idp.state.forge = undefined
  assert.equal((await dangerous()).name, 'patcher')
})

test('no two sign-ins have anything in common', async () => {
  const { visit } = world.visitor()
  const login = async () => (await visit(`${world.origin}${CANONICAL}/login`)).location
  const [one, other] = [new URL((await login()) ?? ''), new URL((await login()) ?? '')]
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.notEqual(one.searchParams.get(name), other.searchParams.get(name))
})

test('somebody comes back to where on the page he was', async () => {
  const alice = world.visitor()
  const return_to = encodeURIComponent('/hosts?search=web')
  const { path, query } = await alice.land(
    await alice.goAndCome(`${CANONICAL}/login?return_to=${return_to}`),
  )
  assert.equal(path, '/hosts')
  assert.equal(query.search, 'web')
  assert.ok(query.handoff)
})

test('nobody is sent to another site, neither at the beginning nor at the end', async () => {
  const elsewhere = [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example',
  ]
  for (const path of elsewhere) {
    const query = `return_to=${path.includes('%') ? path : encodeURIComponent(path)}`
    const { status, headers } = await world.ask('GET', `${CANONICAL}/login?${query}`)
    assert.deepEqual([status, headers.location], [400, undefined], path)
  }
  const alice = world.visitor()
  const { path } = await alice.land(`${await alice.goAndCome()}&return_to=//evil.example`)
  assert.equal(path, '/')
})

test('a manager goes on with what another began, also after a restart', async () => {
  await using other = await manager({
    folder: world.folder,
    settings: { sso: { http_on_loopback: true } },
  })
  const agent = new Agent({ connect: { ca: world.authority.root_pem } })
  const own = browser(agent)
  const login = `${world.origin}${CANONICAL}/login`
  const back = await own.follow(login, ({ pathname }) => pathname.endsWith('/callback'))
  back.port = String(other.port)
  const { location } = await own.visit(back.href)
  const json = { handoff_code: new URL(location ?? '').searchParams.get('handoff') }
  const { status } = await own.visit(`${world.origin}${CANONICAL}/handoff`, { json })
  assert.equal(status, 200)
  await agent.close()
})

test('a provider that has taken another key is believed at once', async () => {
  await world.idp.rotateKey()
  assert.ok((await world.visitor().signIn()).tokens)
})

test('what the provider says to a refusal reaches neither the address nor the page', async () => {
  world.idp.state.refuses = true
  const alice = world.visitor()
  const back = await alice.goAndCome()
  assert.match(back, /Not\+you/)
  assert.deepEqual(await alice.land(back), {
    path: '/',
    query: { sso_error: 'refused_by_provider' },
  })
})

test('a token that is not right lets nobody in, and goes on record', async () => {
  world.idp.state.forge = async () => 'nonsense'
  assert.deepEqual(await world.visitor().signIn(), { error: 'answer_refused' })
  const [entry] = await world.recorded('sign_in')
  assert.equal(entry?.outcome, 'refused')
  assert.deepEqual(entry?.details, { way: 'oidc', reason: 'answer_refused' })
})

test('a sign-in goes on record with the way in which it was made', async () => {
  const { tokens } = await world.visitor().signIn()
  const [entry] = await world.recorded('sign_in')
  assert.deepEqual([entry?.outcome, entry?.target_id], ['success', tokens?.user.id])
  assert.deepEqual(entry?.details, { way: 'oidc' })
})

test('a provider that is away is no dead end, at the beginning or at the end', async () => {
  await using world = await ssoWorld()
  const alice = world.visitor()
  const back = await alice.goAndCome()
  await world.idp.stop()
  const away = { path: '/', query: { sso_error: 'provider_unavailable' } }
  assert.deepEqual(await alice.land(back), away)
  assert.deepEqual(await alice.land(`${world.origin}${CANONICAL}/login`), away)
})

test('what the database holds of a sign-in that is under way opens nothing', async () => {
  const alice = world.visitor()
  const back = new URL(await alice.goAndCome())
  const secrets = [...alice.cookies(world.origin).values(), back.searchParams.get('state') ?? '']
  secrets.push(String((await alice.land(back.href)).query.handoff))
  const files = (await readdir(world.folder)).filter((name) => name.startsWith('manager.db'))
  const bytes = Buffer.concat(
    await Promise.all(files.map((name) => readFile(join(world.folder, name)))),
  )
  for (const secret of secrets) {
    assert.ok(secret.length >= 43)
    assert.ok(!bytes.includes(secret))
  }
  assert.ok(bytes.includes(hashOf(secrets.at(-1) ?? '')))
})

test('neither a token, a code nor the client secret is ever logged', async () => {
  const alice = world.visitor()
  const landed = await alice.land(await alice.goAndCome())
  await alice.exchange(landed.query.handoff)
  const secrets = [landed.query.handoff ?? '', ...alice.cookies(world.origin).values()]
  const said = world.log.everything()
  for (const secret of [...secrets, 'a secret of the client'])
    assert.ok(secret.length > 20 && !said.includes(secret))
})
