import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { codeAt, phoneOf } from '@linux-patch/manager/services/sign-in/second-factor.test.kit'
import type { Page } from 'playwright-core'
import { skipWithout } from '../needs.ts'
import { openManagerPage, signInAs } from './browser.ts'
import type { Manager } from './manager.ts'
import { until } from './until.ts'

const skip = skipWithout('chromium')
const GIVEN = 'a horse that somebody told'
const OWN = 'a horse that nobody knows'

test(
  'a person sets a second factor up on the page, signs in by it, and proves by it who he is',
  { skip },
  async () => {
    await using world = await openManagerPage({
      refusals: [403],
      config: { rate_limits: { sign_in: 1000 } },
    })
    const { manager, page, dialog } = world
    const admin = { username: 'admin', password: manager.password }
    await page.getByRole('button', { name: 'Account of admin' }).click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    await page.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    const secret = (await page.getByLabel('Secret', { exact: true }).textContent()) ?? ''
    const nextCode = phoneOf(secret)
    await page.getByRole('textbox', { name: 'Code' }).fill(await nextCode())
    await page.getByRole('button', { name: 'Turn on' }).click()
    const shown = page.getByLabel('Recovery codes', { exact: true })
    const [recovery = ''] = ((await shown.textContent()) ?? '').split('\n')
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    assert.equal((await saving).suggestedFilename(), 'recovery-codes.txt')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('It is on').waitFor()
    assert.equal(await page.getByText(recovery).count(), 0)

    await signOut(page)
    await signInAs(page, admin)
    await page.getByRole('textbox', { name: 'Code' }).fill('000000')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByRole('textbox', { name: 'Code' }).fill(await nextCode())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()

    await signOut(page)
    await signInAs(page, admin)
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(recovery)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()

    forgetProofs(manager)
    await page.getByRole('link', { name: 'Settings' }).click()
    const mail = page.getByRole('form', { name: 'Mail' })
    const server = mail.getByRole('textbox', { name: 'Server' })
    await server.fill('mail.example')
    await mail.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await mail.getByText('You signed in too long ago').waitFor()
    await mail.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('textbox', { name: 'Code' }).fill(await nextCode())
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('The settings are saved.').waitFor()
    await page.reload()
    await until('the server is kept', async () => (await server.inputValue()) === 'mail.example')
    assert.deepEqual(world.complaints, [])
  },
)

test(
  'a person whose role asks for a second factor sets one up before anything else',
  { skip },
  async () => {
    await using world = await openManagerPage({ config: { rate_limits: { sign_in: 1000 } } })
    const { manager, page } = world
    await manager.api.createUser({ username: 'olga', role: 'viewer', password: GIVEN })
    const { access_token } = await manager.anyone.login({ username: 'olga', password: GIVEN })
    const changed = { current_password: GIVEN, new_password: OWN }
    await manager.as(access_token).changeOwnPassword(changed)
    await manager.api.changeSettings({ security: { mfa_required_roles: ['viewer'] } })

    await signOut(page)
    await signInAs(page, { username: 'olga', password: OWN })
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
    assert.equal(await page.getByRole('navigation', { name: 'Main' }).count(), 0)
    await page.goto('/hosts')
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    const secret = (await page.getByLabel('Secret', { exact: true }).textContent()) ?? ''
    await page.getByRole('textbox', { name: 'Code' }).fill(await codeAt(secret, new Date()))
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    await page.getByRole('heading', { name: 'Hosts' }).waitFor()

    await signOut(page, 'olga')
    await signInAs(page, { username: 'olga', password: OWN })
    await page.getByRole('textbox', { name: 'Code' }).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByLabel('User name').waitFor()
    assert.deepEqual(world.complaints, [])
  },
)

async function signOut(page: Page, username = 'admin') {
  await page.getByRole('button', { name: `Account of ${username}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** As if everybody had signed in long ago. */
function forgetProofs({ folder }: Manager) {
  using database = new DatabaseSync(join(folder, 'manager.db'))
  database.exec("update session set confirmed_at = '2020-01-01T00:00:00.000Z'")
}
