import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { baseScore } from './cvss.ts'

/** From the examples of FIRST's specification, and the records of the holes that are named. */
const known: Record<string, number> = {
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H': 9.8,
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H': 10,
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N': 7.5,
  'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H': 7.8,
  'CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N': 6.1,
  'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N': 6.4,
  'CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N': 3.1,
  'CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:H': 7.8,
  'CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L': 2.4,
  'CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H': 9.1,
  'CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H': 9.3,
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N': 0,
}
for (const [vector, score] of Object.entries(known))
  test(`${vector} is ${score}`, () => assert.equal(baseScore(vector), score))

test('metrics of time and place may follow, and change nothing', () => {
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/MAV:L'
  assert.equal(baseScore(vector), 9.8)
})

for (const vector of [
  '',
  '9.8',
  'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
  'AV:N/AC:L/Au:N/C:P/I:P/A:P',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:toString/C:H/I:H/A:H',
  'CVSS:3.1/AV:__proto__/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
])
  test(`${vector || 'nothing'} is no vector of CVSS 3`, () => assert.equal(baseScore(vector), null))

const metric = (name: string, letters: string) =>
  fc.constantFrom(...letters.split('')).map((letter) => `${name}:${letter}`)
const metrics = fc.tuple(
  metric('AV', 'NALP'),
  metric('AC', 'LH'),
  metric('PR', 'NLH'),
  metric('UI', 'NR'),
  metric('S', 'UC'),
  metric('C', 'HLN'),
  metric('I', 'HLN'),
  metric('A', 'HLN'),
)
const scoreOf = (parts: string[]) => baseScore(`CVSS:3.1/${parts.join('/')}`) ?? -1

test('every vector has a score of 0 to 10 with one decimal, in whatever order it is written', () => {
  fc.assert(
    fc.property(metrics, fc.nat(7), (parts, turn) => {
      const score = scoreOf(parts)
      assert.ok(score >= 0 && score <= 10)
      assert.equal(Math.round(score * 10) / 10, score)
      assert.equal(scoreOf([...parts.slice(turn), ...parts.slice(0, turn)]), score)
    }),
  )
})

test('who loses more, or is easier to reach, has no lower score', () => {
  fc.assert(
    fc.property(metrics, ([AV, AC, PR, UI, S, C, I, A]) => {
      const score = scoreOf([AV, AC, PR, UI, S, C, I, A])
      assert.ok(scoreOf(['AV:N', AC, PR, UI, S, C, I, A]) >= score)
      assert.ok(scoreOf([AV, AC, 'PR:N', UI, S, C, I, A]) >= score)
      // The formula for a changed scope takes a little back where everything is lost.
      if (S === 'S:U') assert.ok(scoreOf([AV, AC, PR, UI, S, 'C:H', I, A]) >= score)
    }),
  )
})

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void baseScore(`CVSS:3.1/${text}`)))
})
