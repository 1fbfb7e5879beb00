import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLine } from './csv.ts'

test('cells that end a cell or a line are quoted', () => {
  assert.equal(csvLine(['a', 1, null, '']), 'a,1,,\r\n')
  assert.equal(csvLine(['a,b', 'a"b', 'a\nb']), '"a,b","a""b","a\nb"\r\n')
})

test('what a spreadsheet would calculate is text', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)']) assert.equal(csvLine([text]), `'${text}\r\n`)
  assert.equal(csvLine(['\t=1']), `'\t=1\r\n`)
  assert.equal(csvLine(['\r=1']), `"'\r=1"\r\n`)
  assert.equal(csvLine(['=HYPERLINK("x")']), `"'=HYPERLINK(""x"")"\r\n`)
  assert.equal(csvLine(['a=1']), 'a=1\r\n')
})
