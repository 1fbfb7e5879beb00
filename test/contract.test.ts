import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { documents, placeOfDocument, textOf } from './openapi.ts'

for (const [name, document] of Object.entries(documents))
  test(`docs/api/${name}.openapi.json says what the contract says (else: npm run openapi)`, () =>
    assert.ok(readFileSync(placeOfDocument(name), 'utf8') === textOf(document)))

test('every operation has a name of its own', () => {
  for (const document of Object.values(documents)) {
    const paths = Object.values(
      document.paths as Record<string, Record<string, { operationId: string }>>,
    )
    const names = paths.flatMap((path) => Object.values(path).map(({ operationId }) => operationId))
    assert.equal(new Set(names).size, names.length)
  }
})
