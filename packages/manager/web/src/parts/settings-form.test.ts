import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesIn, typedOf } from './settings-form.ts'
import { settingsFields } from './settings-fields.ts'
import { sectionNames, settingsSections, secretNames } from '@linux-patch/shared/settings'

const mail = settingsFields.smtp.fields
const stored = {
  host: 'mail.example',
  port: 587,
  security: 'starttls',
  username: null,
  password: '********',
  from: null,
}

test('every setting has a field, and every field is a setting', () => {
  for (const name of sectionNames) {
    const secret = name in secretNames ? [secretNames[name as keyof typeof secretNames]] : []
    assert.deepEqual(
      settingsFields[name].fields.map((field) => field.name).toSorted(),
      [...Object.keys(settingsSections[name].shape), ...secret].toSorted(),
    )
  }
})

test('what did not change is not sent, a secret least of all', () => {
  const typed = typedOf(mail, stored)
  assert.deepEqual(changesIn(mail, typed, { ...typed }), {})
  assert.deepEqual(changesIn(mail, typed, { ...typed, port: 465 }), { port: 465 })
})

test('an empty text is none', () => {
  const typed = typedOf(mail, stored)
  assert.deepEqual(changesIn(mail, typed, { ...typed, host: '' }), { host: null })
})

test('a number that is taken out is none', () => {
  const { fields } = settingsFields.audit
  const typed = typedOf(fields, { retention_days: 365 })
  assert.deepEqual(changesIn(fields, typed, { retention_days: '' }), { retention_days: null })
  assert.deepEqual(typedOf(fields, { retention_days: null }), { retention_days: '' })
})

test('a secret is replaced, cleared, or left as it is', () => {
  const typed = typedOf(mail, stored)
  const saving = (password: object) => changesIn(mail, typed, { ...typed, password })
  assert.deepEqual(saving({ text: 'new', cleared: false }), { password: 'new' })
  assert.deepEqual(saving({ text: '', cleared: true }), { password: null })
  assert.deepEqual(saving({ text: '', cleared: false }), {})
})

test('the roles that groups give are rows to type in, and one record to send', () => {
  const { fields } = settingsFields.oidc
  const typed = typedOf(fields, { role_by_group: { ops: 'operator' } })
  assert.deepEqual(typed.role_by_group, [['ops', 'operator']])
  const after = { ...typed, role_by_group: [['ops', 'admin']] }
  assert.deepEqual(changesIn(fields, typed, after), { role_by_group: { ops: 'admin' } })
})
