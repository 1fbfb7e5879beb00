import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openManagerPage } from './browser.ts'

const skip = skipWithout('chromium')

test(
  'a person enters a host on the page, gives it a certificate, describes it, and lets it go',
  { skip },
  async () => {
    await using world = await openManagerPage()
    const { manager, page, dialog } = world
    const choose = async (item: string) => {
      await page.getByRole('button', { name: /^More about / }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }

    await page.getByRole('button', { name: 'Enter a host' }).click()
    await dialog.getByRole('textbox', { name: 'Full name' }).fill('no name')
    await dialog.getByRole('button', { name: 'Enter host' }).click()
    await dialog.getByText('This is not a host name').waitFor()
    await dialog.getByText('This is not an IP address').waitFor()
    await dialog.getByRole('textbox', { name: 'Full name' }).fill('db.example')
    await dialog.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.7')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'db.example' }).waitFor()

    await choose('New certificate')
    await dialog.getByRole('button', { name: 'Issue certificate' }).click()
    const saving = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Save server.key.pem' }).click()
    assert.equal((await saving).suggestedFilename(), 'server.key.pem')
    await dialog.getByRole('button', { name: 'Done' }).click()

    await choose('Edit')
    await dialog.getByRole('textbox', { name: 'Display name' }).fill('Database')
    await dialog.getByRole('textbox', { name: 'Notes' }).fill('Ask Ann first.')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Database', exact: true }).waitFor()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Ask Ann first.').waitFor()

    await choose('Let go')
    await dialog.getByRole('button', { name: 'Let host go' }).click()
    await dialog.getByText('Say why').waitFor()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Sold.')
    await dialog.getByRole('button', { name: 'Let host go' }).click()
    await page.getByText('No hosts yet').waitFor()
    const { hosts } = await manager.api.listHosts({ retired: true })
    assert.deepEqual(
      hosts.map(({ name, retired_reason }) => [name, retired_reason]),
      [['Database', 'Sold.']],
    )
    const { certificates = [] } = await manager.api.listCertificates({ kind: 'agent' })
    assert.deepEqual(
      certificates.map(({ status }) => status),
      ['revoked'],
    )
    assert.deepEqual(world.complaints, [])
  },
)
