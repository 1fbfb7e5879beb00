import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../lab/run.ts'
import { skipWithout } from '../needs.ts'
import { openManagerPage } from './browser.ts'

const skip = skipWithout('chromium') || skipWithout('openssl')
const PASSPHRASE = 'correct horse battery'

test(
  'a person issues an operator certificate on the page, keeps its file, and revokes it',
  { skip },
  async () => {
    await using world = await openManagerPage()
    const { manager, page, dialog } = world
    await page.getByRole('link', { name: 'Certificates' }).click()

    await page.getByRole('button', { name: 'New operator certificate' }).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Ann')
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill('short')
    await dialog.getByRole('button', { name: 'Issue certificate' }).click()
    await dialog.getByText('must be 1 to 64 small letters').waitFor()
    await dialog.getByText('must have at least 12 characters').waitFor()
    await dialog.getByText('This is not the same passphrase').waitFor()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('ann')
    await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE)
    await dialog.getByLabel('Repeat it').fill(PASSPHRASE)
    await page.keyboard.press('Enter')

    await dialog.getByText('shown this once').waitFor()
    const saving = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Save ann.p12' }).click()
    const file = join(manager.folder, 'ann.p12')
    await (await saving).saveAs(file)
    const asking = ['pkcs12', '-in', file, '-nodes', '-passin', `pass:${PASSPHRASE}`]
    const opened = await run(['openssl', ...asking])
    assert.match(opened, /friendlyName: operator ann/)
    await dialog.getByRole('button', { name: 'Done' }).click()

    const table = page.getByRole('table', { name: 'Certificates' })
    const row = table.getByRole('row', { name: /^ann/ })
    await row.getByText('In force').waitFor()
    await row.getByText(/36[45] days left/).waitFor()
    await row.getByRole('button', { name: /^Certificate .* of ann$/ }).click()
    await page.getByRole('menuitem', { name: 'Revoke' }).click()
    const revoke = dialog.getByRole('button', { name: 'Revoke certificate' })
    await revoke.click()
    await dialog.getByText('Say why').waitFor()
    await dialog.getByText('It cannot be taken back').waitFor()
    await dialog.getByRole('combobox', { name: 'Reason' }).click()
    await page.getByRole('option', { name: 'Its key is known to others' }).click()
    await dialog.getByRole('checkbox', { name: 'It shall not count any more, for ever' }).check()
    await revoke.click()
    await row.getByText('Revoked').waitFor()
    await row.getByText(/^Its key is known to others, .* by admin$/).waitFor()

    const { certificates = [] } = await manager.api.listCertificates({ kind: 'operator' })
    assert.deepEqual(
      certificates.map(({ status, revocation_reason }) => [status, revocation_reason]),
      [['revoked', 'keyCompromise']],
    )
    await page.getByRole('combobox', { name: 'Status' }).click()
    await page.getByRole('option', { name: 'In force' }).click()
    await row.waitFor({ state: 'detached' })
    assert.deepEqual(world.complaints, [])
  },
)
