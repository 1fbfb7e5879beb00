import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { NewJob } from '@linux-patch/shared/job'
import { documents, placeOfDocument, textOf } from './openapi.ts'
import { placeOfRights, rightsPage } from './rights.ts'

for (const [name, document] of Object.entries(documents))
  test(`docs/api/${name}.openapi.json says what the contract says (else: npm run openapi)`, () =>
    assert.ok(readFileSync(placeOfDocument(name), 'utf8') === textOf(document)))

test('docs/rights.md says what the registry says (else: npm run openapi)', () =>
  assert.ok(readFileSync(placeOfRights, 'utf8') === rightsPage))

type Operation = { operationId: string; description?: string; security: object[] }
const operationsOf = ({ paths }: Record<string, unknown>) =>
  Object.values(paths as Record<string, Record<string, Operation>>).flatMap((path) =>
    Object.values(path),
  )

test('every operation has a name of its own', () => {
  for (const document of Object.values(documents)) {
    const names = operationsOf(document).map(({ operationId }) => operationId)
    assert.equal(new Set(names).size, names.length)
  }
})

test('each operation says what lets its caller in, and few need nothing', () => {
  const open = (document: Record<string, unknown>) =>
    operationsOf(document)
      .filter(({ security }) => security.length === 0)
      .map(({ operationId }) => operationId)
  assert.deepEqual(open(documents.agent), [])
  assert.deepEqual(open(documents.enrolled), [])
  assert.deepEqual(open(documents.manager), [
    'login',
    'getSsoConfig',
    'getSsoConfigAlias1',
    'beginSso',
    'beginSsoAlias1',
    'endSso',
    'endSsoAlias1',
    'exchangeHandoff',
    'backchannelLogout',
    'enroll',
    'getEnrollmentStatus',
    'getRootCertificate',
    'getHealth',
    'getHealthAlias1',
  ])
})

test('each kind of job that can be asked for is described', () => {
  const createJob = operationsOf(documents.manager).find(
    ({ operationId }) => operationId === 'createJob',
  )
  for (const kind of NewJob.shape.kind.options)
    assert.match(createJob?.description ?? '', new RegExp(`- \`${kind}\` `))
})
