import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openManagerPage } from './browser.ts'

const skip = skipWithout('chromium')

test('a person makes a join code on the page, sees it once, and revokes it', { skip }, async () => {
  await using world = await openManagerPage()
  const { manager, page, dialog } = world
  const { id } = await manager.api.createGroup({ name: 'Web' })
  await page.getByRole('link', { name: /^Enrollment/ }).click()
  await page.getByText('There is none yet').waitFor()

  await page.getByRole('button', { name: 'New join code' }).click()
  await dialog.getByRole('button', { name: 'Make join code' }).click()
  await dialog.getByText('Say what it is for').waitFor()
  await dialog.getByRole('textbox', { name: 'What for' }).fill('New racks')
  await dialog.getByRole('textbox', { name: 'How many hosts' }).fill('20')
  await dialog.getByRole('combobox', { name: 'Groups' }).click()
  await page.getByRole('option', { name: 'Web' }).click()
  await page.keyboard.press('Tab')
  await dialog.getByRole('checkbox', { name: 'Take its hosts in at once' }).check()
  await dialog.getByRole('button', { name: 'Make join code' }).click()
  const shown = dialog.getByLabel('Join code', { exact: true })
  assert.match((await shown.textContent()) ?? '', /^lpmj_[A-Za-z0-9]{32}$/)
  await dialog.getByText('--join-code-file /run/join-code').waitFor()
  const { join_codes } = await manager.api.listJoinCodes()
  assert.deepEqual(
    join_codes.map(({ name, uses, auto_approve, groups }) => [name, uses, auto_approve, groups]),
    [['New racks', 20, true, [{ id, name: 'Web' }]]],
  )
  await dialog.getByRole('button', { name: 'Done' }).click()
  await dialog.waitFor({ state: 'detached' })

  const row = page
    .getByRole('table', { name: 'Join codes' })
    .getByRole('row', { name: /^New racks/ })
  await row.getByText('Open').waitFor()
  await row.getByText('20 of 20').waitFor()
  await row.getByRole('button', { name: 'Revoke the join code New racks' }).click()
  await dialog.getByRole('button', { name: 'Revoke join code' }).click()
  await row.getByText('Revoked').waitFor()
  assert.equal((await manager.api.listJoinCodes()).join_codes[0]?.state, 'revoked')
  assert.equal(await page.getByText(/lpmj_/).count(), 0)
  assert.deepEqual(world.complaints, [])
})
