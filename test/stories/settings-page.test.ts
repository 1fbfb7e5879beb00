import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openManagerPage } from './browser.ts'
import { until } from './until.ts'

const skip = skipWithout('chromium')
const SECRET = 'correct horse battery'

test(
  'a person changes settings on the page, and a secret is never shown again',
  { skip },
  async () => {
    await using world = await openManagerPage({ refusals: [400] })
    const { manager, page } = world
    await page.getByRole('link', { name: 'Settings' }).click()
    const mail = page.getByRole('form', { name: 'Mail' })
    const save = mail.getByRole('button', { name: 'Save' })
    const password = mail.getByRole('textbox', { name: 'Password' })

    await mail.getByRole('textbox', { name: 'Server' }).fill('mail server')
    await mail.getByRole('textbox', { name: 'From' }).fill('patches@example.org')
    await save.click()
    await mail.getByText('Is not a host name', { exact: true }).waitFor()
    await mail.getByRole('textbox', { name: 'Server' }).fill('mail.example')
    await mail.getByRole('textbox', { name: 'User name' }).fill('patches')
    await password.fill(SECRET)
    await save.click()
    await page.getByText('The settings are saved.').waitFor()
    await mail.getByText('One is set; left empty, it stays').waitFor()
    assert.equal(await password.inputValue(), '')
    const told = () => manager.api.getSettings()
    assert.partialDeepStrictEqual((await told()).smtp, {
      host: 'mail.example',
      username: 'patches',
      password: '********',
      from: 'patches@example.org',
      security: 'starttls',
    })

    await mail.getByRole('textbox', { name: 'From' }).fill('')
    await save.click()
    await until('nothing is left to save', () => save.isDisabled())
    assert.partialDeepStrictEqual((await told()).smtp, { password: '********', from: null })
    await mail.getByRole('checkbox', { name: 'Clear the password' }).check()
    await save.click()
    await mail.getByText('None is set').waitFor()
    assert.equal((await told()).smtp.password, null)
    assert.equal((await page.content()).includes(SECRET), false)
    assert.deepEqual(world.complaints, [])
  },
)
