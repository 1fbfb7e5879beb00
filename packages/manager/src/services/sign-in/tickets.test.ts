import assert from 'node:assert/strict'
import { test } from 'node:test'
import { somebody } from '../people/person.test.kit.ts'
import { ticketService } from './tickets.ts'

const person = somebody()

test('a ticket is good once, for a minute, and nothing else is one', () => {
  let now = 0
  const { create, take } = ticketService(() => new Date(now))
  const { ticket, expires_in } = create(person)
  assert.match(ticket, /^[\w-]{43}$/)
  assert.equal(expires_in, 60)
  assert.equal(take(''), undefined)
  assert.equal(take(ticket.slice(1)), undefined)
  assert.deepEqual(take(ticket), person)
  assert.equal(take(ticket), undefined)

  const late = create(person).ticket
  now = 60_000
  assert.equal(take(late), undefined)
})

test('of a hundred and one that wait for a person, his oldest is gone, and nobody else loses any', () => {
  const { create, take } = ticketService(() => new Date(0))
  const other = { ...person, user: { ...person.user, id: 'other' } }
  const others = create(other).ticket
  const [first, second] = [create(person).ticket, create(person).ticket]
  for (let count = 0; count < 99; count++) create(person)
  assert.equal(take(first), undefined)
  assert.deepEqual(take(second), person)
  assert.deepEqual(take(others), other)
})
