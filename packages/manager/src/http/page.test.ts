import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { manager } from '../start/manager.test.kit.ts'

/** A manager with a built page, and a secret beside it. */
async function withPage() {
  const folder = await mkdtemp(join(tmpdir(), 'lpm-page-'))
  const page_folder = join(folder, 'web')
  await mkdir(join(page_folder, 'assets'), { recursive: true })
  await writeFile(join(page_folder, 'index.html'), '<h1>The page</h1>')
  await writeFile(join(page_folder, 'assets/index-1a2b.js'), 'start()')
  await writeFile(join(folder, 'secret.txt'), 'nobody may read this')
  await writeFile(join(page_folder, '.env'), 'nobody may read this')
  const world = await manager({ page_folder })
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

test('every address of the page is the page, asked for anew each time', async () => {
  await using world = await withPage()
  for (const path of ['/', '/hosts', '/jobs/1?tab=log', '/assets']) {
    const { status, headers, body } = await world.ask('GET', path)
    assert.deepEqual([path, status, body], [path, 200, '<h1>The page</h1>'])
    assert.equal(headers['cache-control'], 'no-cache')
  }
})

test('its files may be kept for a year', async () => {
  await using world = await withPage()
  const { status, headers, body } = await world.ask('GET', '/assets/index-1a2b.js')
  assert.deepEqual([status, body], [200, 'start()'])
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
})

test('a file that is not there is not the page', async () => {
  await using world = await withPage()
  for (const path of ['/assets/old.js', '/assets/', '/assets//x']) {
    const { status, code } = await world.ask('GET', path)
    assert.deepEqual([path, status, code], [path, 404, 'not_found'])
  }
})

test('nothing outside its folder can be read', async () => {
  await using world = await withPage()
  for (const path of [
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets/%00',
    '/%2e%2e/secret.txt',
    '/.env',
    '/assets/../.env',
  ]) {
    const { status, body } = await world.ask('GET', path)
    assert.ok(!body.includes('nobody may read this'), path)
    assert.ok(status < 500, `${path}: ${status}`)
  }
})

test('a path that cannot be decoded is the asker’s fault', async () => {
  await using world = await withPage()
  for (const path of ['/assets/%zz', '/api/v1/hosts/%zz', '/api/v1/enroll/status/%c0']) {
    const { status } = await world.ask('GET', path)
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`)
  }
})

test('nothing can be posted to the page', async () => {
  await using world = await withPage()
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    assert.equal((await world.ask(method, '/', {})).status, 404)
    assert.equal((await world.ask(method, '/assets/index-1a2b.js', {})).status, 404)
  }
})

test('an unknown place in the API is JSON and never the page', async () => {
  await using world = await withPage()
  for (const path of ['/api', '/api/v1', '/api/v1/nothing', '/api/v2/hosts', '/API/x']) {
    const { status, code } = await world.ask('GET', path)
    assert.deepEqual([path, status, code], [path, 404, 'not_found'])
  }
})

test('a known place asked with another method names those that it has', async () => {
  await using world = await withPage()
  const { status, headers } = await world.ask('DELETE', '/api/v1/jobs')
  assert.deepEqual([status, headers['allow']], [405, 'GET, POST'])
})

test('every answer keeps the browser to this site, unframed, unsniffed and without a referrer', async () => {
  await using world = await withPage()
  for (const path of ['/', '/assets/index-1a2b.js', '/api/v1/health', '/api/v1/nothing']) {
    const { headers } = await world.ask('GET', path)
    assert.equal(
      headers['content-security-policy'],
      "default-src 'self';script-src 'self';style-src 'self' 'unsafe-inline';" +
        "img-src 'self' data:;connect-src 'self';font-src 'self';object-src 'none';" +
        "base-uri 'none';form-action 'self';frame-ancestors 'none'",
    )
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-powered-by'], undefined)
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/)
  }
})

test('a page that was not built says what to do', async () => {
  await using world = await manager()
  const { status, body } = await world.ask('GET', '/')
  assert.deepEqual([status, body], [503, 'The page is not built: run `npm run build-page`.\n'])
})
