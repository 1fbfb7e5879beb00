import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mailServer } from '@linux-patch/manager/mail/server.test.kit'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  identityProvider,
} from '@linux-patch/manager/oidc/provider.test.kit'
import { skipWithout } from '../needs.ts'
import { openManagerPage } from './browser.ts'
import { until } from './until.ts'

const skip = skipWithout('chromium')
const SECRET = 'correct horse battery'
const TENANT = '8f3c1f0e-6a52-4b0f-9e0d-0c8a4f5d2b11'

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
    await until('no address is left', async () => (await told()).smtp.from === null)
    assert.equal((await told()).smtp.password, '********')
    await until('nothing is left to save', () => save.isDisabled())
    await password.fill(`${SECRET} staple`)
    await save.click()
    await until('the password is not kept in the page', async () => !(await password.inputValue()))
    const username = mail.getByRole('textbox', { name: 'User name' })
    await username.fill('not saved yet')
    const record = page.getByRole('form', { name: 'Record' })
    const keep = record.getByRole('button', { name: 'Save' })
    await record.getByRole('textbox', { name: 'Days that the record is kept' }).fill('400')
    await keep.click()
    await until(
      'the record is kept so long',
      async () => (await told()).audit.retention_days === 400,
    )
    assert.equal(await username.inputValue(), 'not saved yet')
    await username.fill('patches')
    await mail.getByRole('checkbox', { name: 'Clear the password' }).check()
    await save.click()
    await mail.getByText('None is set').waitFor()
    assert.equal((await told()).smtp.password, null)
    assert.equal((await page.content()).includes(SECRET), false)
    assert.deepEqual(world.complaints, [])
  },
)

test(
  'a person tries mail and single sign-on out on the page, and keeps the record for ever',
  { skip },
  async () => {
    await using mail = await mailServer({ authOptional: true })
    const redirect_uri = 'https://manager.example/api/v1/auth/sso/callback'
    await using provider = await identityProvider({
      redirect_uris: [redirect_uri],
      path: `/${TENANT}/v2.0`,
    })
    const { issuer, origin } = provider
    await using world = await openManagerPage({
      refusals: [400],
      config: {
        rate_limits: { settings_test: 1000 },
        sso: { http_on_loopback: true, microsoft_url: origin },
      },
    })
    const { manager, page, dialog } = world
    const client = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET }
    await manager.api.changeSettings({
      smtp: { host: '127.0.0.1', port: mail.port, security: 'none', from: 'patches@example.org' },
      oidc: { issuer, redirect_uri, ...client },
    })
    const sso = page.getByRole('region', { name: 'Single sign-on' })
    const found = dialog.getByRole('list', { name: 'What was found' })
    const close = dialog.getByText('Close', { exact: true })

    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Send a test message' }).click()
    await dialog.getByRole('textbox', { name: 'To' }).fill('ops@example.org')
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText('127.0.0.1 has taken the message').waitFor()
    assert.deepEqual(mail.messages[0]?.to, ['ops@example.org'])
    await manager.api.changeSettings({ smtp: { port: 1 } })
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText('Not sent').waitFor()
    await close.click()

    await sso.getByRole('button', { name: 'Try it out' }).click()
    await found.waitFor()
    assert.equal(await found.getByRole('listitem').count(), 7)
    await dialog.getByText(redirect_uri).last().waitFor()
    await page.keyboard.press('Escape')
    await sso.getByRole('button', { name: 'Ask a provider' }).click()
    assert.equal(await dialog.getByRole('textbox', { name: 'Issuer' }).inputValue(), issuer)
    await dialog.getByRole('button', { name: 'Ask' }).click()
    await dialog.getByText(`${issuer}/token`, { exact: true }).waitFor()
    await close.click()
    await sso.getByRole('button', { name: 'Try Microsoft Entra' }).click()
    await dialog.getByRole('textbox', { name: 'Tenant id' }).fill('contoso')
    await dialog.getByRole('textbox', { name: 'Client id' }).fill(CLIENT_ID)
    await dialog.getByRole('textbox', { name: 'Client secret' }).fill('wrong')
    await dialog.getByRole('button', { name: 'Try' }).click()
    await dialog.getByText('Is not the id of a tenant', { exact: true }).waitFor()
    await dialog.getByRole('textbox', { name: 'Tenant id' }).fill(TENANT)
    await dialog.getByRole('button', { name: 'Try' }).click()
    await found.getByText('refuses the client_id and its secret').waitFor()
    await close.click()

    const record = page.getByRole('form', { name: 'Record' })
    await record.getByRole('textbox', { name: 'Days that the record is kept' }).fill('')
    await record.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').waitFor()
    assert.equal((await manager.api.getSettings()).audit.retention_days, null)
    assert.deepEqual(world.complaints, [])
  },
)
