import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import express from 'express'
import { z } from 'zod'
import { client, type Transport } from './client.ts'
import type { Contract, Handlers } from './contract.ts'
import { Failure } from './failure.ts'
import { refuseOtherMethods, refuseUnknownRoutes, replyWithFailure } from './refuse.ts'
import { nameRequest, serve } from './serve.ts'
import { unwrapBare } from './unwrap.ts'

const shop = {
  getFruit: {
    route: 'GET /fruit/:name',
    summary: 'One fruit',
    access: 'anyone',
    aliases: ['/fruit-of-old/:name'],
    input: z.strictObject({ name: z.string(), ripe: z.enum(['yes', 'no']).default('yes') }),
    output: z.object({ name: z.string(), ripe: z.string() }),
    failures: ['not_found'],
  },
  addFruit: {
    route: 'POST /fruit/:name',
    summary: 'Put a fruit on the shelf',
    access: 'self:read',
    status: 202,
    location: ({ name }: { name: string }) => `/fruit/${name}`,
    input: z.strictObject({ name: z.string(), weight_grams: z.number().int() }),
    output: z.object({ name: z.string() }),
  },
  getLabel: {
    route: 'GET /label',
    summary: 'Plain text',
    access: 'anyone',
    type: 'text/plain',
    input: z.strictObject({}),
    output: z.string(),
  },
  goAway: {
    route: 'GET /elsewhere',
    summary: 'Sends a browser on',
    access: 'anyone',
    status: 302,
    input: z.strictObject({}),
    output: z.string(),
  },
  getReceipt: {
    route: 'GET /receipt/:kind',
    summary: 'A long one',
    access: 'anyone',
    type: 'text/plain',
    streamed: true,
    input: z.strictObject({ kind: z.enum(['short', 'torn', 'endless']) }),
    output: z.string(),
  },
  breakDown: {
    route: 'DELETE /shop',
    summary: 'A bug',
    access: 'anyone',
    status: 204,
    input: z.strictObject({}),
    output: z.void(),
  },
} as const satisfies Contract

const printing = { pieces: 0, ended: Promise.withResolvers<void>() }
const secret = 'the handler knew this'
const handlers: Handlers<typeof shop, string> = {
  getFruit({ name, ripe }) {
    if (name === 'durian') throw new Failure('not_found', 'No durian here.', { details: { name } })
    return { name, ripe, secret }
  },
  addFruit: ({ name }) => ({ name }),
  getLabel: () => 'sweet\n',
  goAway: () => '/market?fruit=fig',
  async *getReceipt({ kind }) {
    printing.pieces = 0
    try {
      do {
        yield kind === 'short' ? 'fig\n' : 'fig\n'.repeat(10_000)
        printing.pieces++
        if (kind === 'torn') throw new Error(secret)
      } while (kind === 'endless')
      yield 'end\n'
    } finally {
      printing.ended.resolve()
    }
  },
  breakDown: () => {
    throw new Error(secret)
  },
}

async function openShop() {
  const application = express()
  application.use(nameRequest)
  serve(application, {
    contract: shop,
    handlers,
    admit: (request, { access }) => {
      if (access === 'anyone' || request.get('authorization')) return 'somebody'
      throw new Failure('unauthorized', 'Sign in first.')
    },
    manners: { badRequest: 'invalid_request', wrap: (_id, answer) => answer },
  })
  refuseOtherMethods(application, shop, 'invalid_request')
  application.use(refuseUnknownRoutes('not_found'))
  application.use(
    replyWithFailure({
      badRequest: 'invalid_request',
      internal: 'internal',
      word: (request_id, { code, message, details }) => ({
        error: { code, message, request_id, details },
      }),
      log: () => {},
    }),
  )
  const server = application.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send: Transport = async ({ method, path, headers, body }) => {
    const answer = await fetch(origin + path, { method, headers, body })
    return { status: answer.status, body: await answer.text() }
  }
  const ask = async (path: string, options: RequestInit = {}) => {
    const answer = await fetch(origin + path, options)
    return { answer, body: await answer.text() }
  }
  return {
    api: client(shop, send, unwrapBare),
    ask,
    open: (path: string, signal: AbortSignal) => fetch(origin + path, { signal }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const json = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json', authorization: 'x' },
})

const form = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { authorization: 'x' },
})

test('a browser is sent on to where the handler says, and told nothing else', async () => {
  await using shopkeeper = await openShop()
  const { answer, body } = await shopkeeper.ask('/api/v1/elsewhere', { redirect: 'manual' })
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/market?fruit=fig'])
  assert.equal(body, '')
})

test('what the contract does not promise never leaves', async () => {
  await using shopkeeper = await openShop()
  assert.deepEqual(await shopkeeper.api.getFruit({ name: 'fig' }), { name: 'fig', ripe: 'yes' })
})

test('a failure travels as its code, its status and its details', async () => {
  await using shopkeeper = await openShop()
  await assert.rejects(shopkeeper.api.getFruit({ name: 'durian' }), (error: Failure) => {
    const { request_id, name } = error.details
    assert.deepEqual([error.code, error.message, name], ['not_found', 'No durian here.', 'durian'])
    return typeof request_id === 'string'
  })
  const { answer } = await shopkeeper.ask('/api/v1/fruit/durian')
  assert.equal(answer.status, 404)
})

test('a long answer comes in pieces, and what is cut short does not pass for whole', async () => {
  await using shopkeeper = await openShop()
  assert.equal(await shopkeeper.api.getReceipt({ kind: 'short' }), 'fig\nend\n')
  await assert.rejects(shopkeeper.ask('/api/v1/receipt/torn'), /terminated/)
})

test('a long answer waits for whoever reads it, and ends when he goes', async () => {
  await using shopkeeper = await openShop()
  printing.ended = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const { body } = await shopkeeper.open('/api/v1/receipt/endless', leaving.signal)
  await body?.getReader().read()
  await wait(300)
  const { pieces } = printing
  await wait(100)
  assert.equal(printing.pieces, pieces)
  leaving.abort()
  await printing.ended.promise
})

test('an alias has the same handler', async () => {
  await using shopkeeper = await openShop()
  const { body } = await shopkeeper.ask('/fruit-of-old/fig')
  assert.deepEqual(JSON.parse(body), { name: 'fig', ripe: 'yes' })
})

test('a reply that is not JSON is what the contract says it is', async () => {
  await using shopkeeper = await openShop()
  const { answer, body } = await shopkeeper.ask('/api/v1/label')
  assert.equal(answer.headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.equal(body, 'sweet\n')
  assert.equal(await shopkeeper.api.getLabel(), 'sweet\n')
})

test('what was started says where it can be watched', async () => {
  await using shopkeeper = await openShop()
  const { answer } = await shopkeeper.ask('/api/v1/fruit/fig', json('{"weight_grams":40}'))
  assert.equal(answer.status, 202)
  assert.equal(answer.headers.get('location'), '/fruit/fig')
})

test('a caller is admitted before a body is read', async () => {
  await using shopkeeper = await openShop()
  const { answer } = await shopkeeper.ask('/api/v1/fruit/fig', { method: 'POST', body: '{broken' })
  assert.equal(answer.status, 401)
})

for (const [what, path, options, status] of [
  ['an unknown member of the query', '/api/v1/fruit/fig?colour=red', {}, 400],
  ['a name of the path in the query', '/api/v1/fruit/fig?name=apple', {}, 400],
  ['a value twice', '/api/v1/fruit/fig?ripe=yes&ripe=no', {}, 400],
  ['a value outside its list', '/api/v1/fruit/fig?ripe=rotten', {}, 400],
  ['a path that cannot be decoded', '/api/v1/fruit/%E0%A4%A', {}, 400],
  ['an unknown member of the body', '/api/v1/fruit/fig', json('{"weight_grams":1,"x":1}'), 400],
  [
    'a name of the path in the body',
    '/api/v1/fruit/fig',
    json('{"weight_grams":1,"name":"a"}'),
    400,
  ],
  ['a query beside a body', '/api/v1/fruit/fig?x=1', json('{"weight_grams":1}'), 400],
  ['a number as text', '/api/v1/fruit/fig', json('{"weight_grams":"1"}'), 400],
  ['a body that is a form', '/api/v1/fruit/fig', form('weight_grams=1'), 400],
  ['a body that is called text', '/api/v1/fruit/fig', form('{"weight_grams":1}'), 400],
  ['a body that is an array', '/api/v1/fruit/fig', json('[]'), 400],
  ['a body that is no JSON', '/api/v1/fruit/fig', json('{broken'), 400],
  ['a body over a megabyte', '/api/v1/fruit/fig', json(`{"x":"${'y'.repeat(1_100_000)}"}`), 413],
  ['a route that is not there', '/api/v1/vegetables', {}, 404],
  ['a method that is not there', '/api/v1/fruit/fig', { method: 'PUT' }, 405],
] as const)
  test(`refused in words: ${what}`, async () => {
    await using shopkeeper = await openShop()
    const { answer, body } = await shopkeeper.ask(path, options)
    assert.equal(answer.status, status)
    const { error } = JSON.parse(body) as { error: { message: string; request_id: string } }
    assert.ok(error.message.length > 0)
    assert.equal(error.request_id, answer.headers.get('x-request-id'))
  })

test('what is wrong with an input is one plain line, and each field is named', async () => {
  await using shopkeeper = await openShop()
  const { body } = await shopkeeper.ask('/api/v1/fruit/fig', json('{"weight_grams":"1","x":1}'))
  const { error } = JSON.parse(body) as { error: { message: string; details: object } }
  const wrong = 'Invalid input: expected number, received string'
  const stray = 'Unrecognized key: "x"'
  assert.equal(error.message, `weight_grams: ${wrong}; ${stray}`)
  const fields = [
    { field: 'weight_grams', message: wrong },
    { field: '', message: stray },
  ]
  assert.deepEqual(error.details, { fields })
})

test('a wrong method is told the right ones', async () => {
  await using shopkeeper = await openShop()
  const { answer } = await shopkeeper.ask('/api/v1/fruit/fig', { method: 'PATCH' })
  assert.equal(answer.headers.get('allow'), 'GET, POST')
})

test('a bug tells the caller nothing but a request id', async () => {
  await using shopkeeper = await openShop()
  const { answer, body } = await shopkeeper.ask('/api/v1/shop', { method: 'DELETE' })
  assert.equal(answer.status, 500)
  assert.ok(!body.includes(secret))
})
