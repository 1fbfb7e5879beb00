import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openBrowser, openManagerPage, signInAs } from './browser.ts'
import { until } from './until.ts'

const skip = skipWithout('chromium')

test(
  'what a person does on the page is on record there, and the record proves to be whole',
  { skip },
  async () => {
    await using world = await openManagerPage()
    const { manager, page, dialog } = world
    await page.getByRole('button', { name: 'Account of admin' }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await manager.api.createGroup({ name: 'Web' })
    await page.getByRole('button', { name: 'New token' }).click()
    await dialog.getByRole('button', { name: 'Make token' }).click()
    await dialog.getByText('Choose at least one').waitFor()
    await dialog.getByRole('textbox', { name: 'What for' }).fill('Monitoring')
    await dialog.getByRole('combobox', { name: 'Groups' }).click()
    await page.getByRole('option', { name: 'Web' }).click()
    await page.keyboard.press('Tab')
    await dialog.getByRole('checkbox', { name: 'host:read' }).check()
    await dialog.getByRole('button', { name: 'Make token' }).click()
    const shown = dialog.getByLabel('API token', { exact: true })
    const token = (await shown.textContent()) ?? ''
    assert.match(token, /^lpm_[A-Za-z0-9]{46}$/)
    await dialog.getByRole('button', { name: 'Done' }).click()
    assert.deepEqual((await manager.as(token).listHosts()).hosts, [])
    const tokens = page.getByRole('table', { name: 'API tokens' })
    await tokens.getByText('On the hosts of Web').waitFor()
    await tokens.getByRole('button', { name: 'Revoke the token Monitoring' }).click()
    await dialog.getByRole('button', { name: 'Revoke token' }).click()
    await tokens.getByText('Revoked').waitFor()
    await assert.rejects(manager.as(token).listHosts(), { code: 'unauthorized' })
    assert.equal((await page.content()).includes(token), false)

    await page.getByRole('link', { name: 'Audit' }).click()
    const record = page.getByRole('table', { name: 'Audit' })
    await record.getByText('Monitoring').first().waitFor()
    await page.getByRole('textbox', { name: 'Search the record' }).fill('no such words')
    await page.getByText('Nothing like that is on record').waitFor()
    await page.getByRole('textbox', { name: 'Search the record' }).fill('Monitoring')
    await record.getByText('Monitoring').first().waitFor()

    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'As CSV' }).click()
    const file = await (await saving).path()
    assert.match(await readFile(file, 'utf8'), /Monitoring/)

    await record.getByText('api_token_create').waitFor()
    await page.getByRole('combobox', { name: 'Action' }).fill('token')
    await page.getByRole('option', { name: 'api_token_revoke' }).click()
    await record.getByText('api_token_create').waitFor({ state: 'detached' })
    await record.getByText('api_token_revoke').waitFor()

    await page.getByRole('button', { name: 'Check integrity' }).click()
    await dialog.getByText('The record is as it was written').waitFor()
    assert.deepEqual(world.complaints, [])
  },
)

test(
  'a person whose role sees no jobs uses the page without a refusal, and signs in by name on record',
  { skip },
  async () => {
    await using world = await openManagerPage()
    const { manager } = world
    const rita = { username: 'rita', password: 'a horse that somebody told' }
    await manager.api.createRole({ name: 'readers', permissions: ['host:read'], scoped: false })
    await manager.api.createUser({ ...rita, role: 'readers' })
    const { access_token } = await manager.anyone.login(rita)
    const new_password = 'a horse that nobody knows'
    await manager
      .as(access_token)
      .changeOwnPassword({ current_password: rita.password, new_password })

    await using hers = await openBrowser(manager)
    const reading = hers.page.waitForResponse((answer) => answer.url().includes('/api/v1/hosts'))
    await signInAs(hers.page, { ...rita, password: new_password })
    await reading
    await hers.page.getByText('No hosts yet').waitFor()
    const done = async () => (await manager.api.listAudit({ actor: 'rita' })).entries
    await until('both sign-ins are hers', async () => {
      const signIns = (await done()).filter(({ action }) => action === 'sign_in')
      return signIns.length === 2
    })
    assert.deepEqual(
      (await done()).filter(({ outcome }) => outcome === 'refused'),
      [],
    )
    assert.deepEqual(hers.complaints, [])
  },
)
