import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { openBrowser, openManagerPage, signInAs } from './browser.ts'

const skip = skipWithout('chromium')
const OWN = 'a horse that nobody knows'

test(
  'a user is made on the page, chooses a password, and sees the hosts of his groups and no more',
  { skip },
  async () => {
    await using world = await openManagerPage({ refusals: [409] })
    const { manager, page, dialog } = world
    await page.getByRole('link', { name: 'Groups' }).click()
    for (const name of ['Web', 'Databases']) {
      await page.getByRole('button', { name: 'New group' }).click()
      await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
      await dialog.getByRole('button', { name: 'Make group' }).click()
      await page.getByRole('table', { name: 'Groups' }).getByText(name).waitFor()
    }
    const host_ids: string[] = []
    for (const [host, group] of [
      ['web-1', 'Web'],
      ['db-1', 'Databases'],
    ] as const) {
      const address = `192.0.2.${host.length}`
      const { id } = await manager.api.addHost({ fqdn: `${host}.example`, ip_address: address })
      host_ids.push(id)
      await page.goto(`/hosts/${id}`)
      await page.getByRole('button', { name: /^More about / }).click()
      await page.getByRole('menuitem', { name: 'Groups' }).click()
      await dialog.getByRole('combobox', { name: 'Groups' }).click()
      await page.getByRole('option', { name: group }).click()
      await page.keyboard.press('Tab')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
    }

    await page.getByRole('link', { name: 'Groups' }).click()
    await page.getByRole('link', { name: 'Databases' }).click()
    const inGroup = page.getByRole('table', { name: 'Hosts' })
    await inGroup.getByRole('link', { name: 'db-1.example' }).waitFor()
    assert.equal(await inGroup.getByText('web-1').count(), 0)
    await page.getByRole('button', { name: 'Add a host' }).click()
    await dialog.getByRole('combobox', { name: 'Host' }).fill('web-1')
    await page.getByRole('option', { name: 'web-1.example' }).click()
    await dialog.getByRole('button', { name: 'Add' }).click()
    await inGroup.getByRole('link', { name: 'web-1.example' }).waitFor()
    await inGroup.getByRole('button', { name: 'Take web-1.example out' }).click()
    await dialog.getByRole('button', { name: 'Take out' }).click()
    await inGroup.getByText('web-1').waitFor({ state: 'detached' })
    await manager.api.createUser({ username: 'ulrich', role: 'viewer' })
    await page.getByRole('button', { name: 'Add a user' }).click()
    await dialog.getByRole('combobox', { name: 'User' }).fill('ulr')
    await page.getByRole('option', { name: 'ulrich' }).click()
    await dialog.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('table', { name: 'Users' }).getByText('ulrich, viewer').waitFor()

    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('button', { name: 'New user' }).click()
    await dialog.getByRole('textbox', { name: 'User name' }).fill('no name')
    await dialog.getByRole('button', { name: 'Make user' }).click()
    await dialog.getByText('must be letters, digits').waitFor()
    await dialog.getByText('Choose one').waitFor()
    await dialog.getByRole('textbox', { name: 'User name' }).fill('olga')
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'operator' }).click()
    await dialog.getByRole('combobox', { name: 'Groups' }).click()
    await page.getByRole('option', { name: 'Web' }).click()
    await page.keyboard.press('Tab')
    await dialog.getByRole('button', { name: 'Make user' }).click()
    const password = (await dialog.getByLabel('Password', { exact: true }).textContent()) ?? ''
    await dialog.getByRole('button', { name: 'Done' }).click()
    const row = page.getByRole('table', { name: 'Users' }).getByRole('row', { name: /^olga/ })
    await row.getByText('Has to choose a password').waitFor()

    await using hers = await openBrowser(manager)
    await signInAs(hers.page, { username: 'olga', password })
    await hers.page.getByLabel('Current password').fill(password)
    await hers.page.getByLabel('New password').fill(OWN)
    await hers.page.getByLabel('Repeat it').fill(OWN)
    await hers.page.getByRole('button', { name: 'Change password' }).click()
    const hosts = hers.page.getByRole('table', { name: 'Hosts' })
    await hosts.getByRole('link', { name: 'web-1.example' }).waitFor()
    assert.equal(await hosts.getByText('db-1').count(), 0)
    await hers.page.getByText('the hosts of your groups').waitFor()
    const places = hers.page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    assert.deepEqual(await places.allTextContents(), [
      'Hosts',
      'Jobs',
      'Certificates',
      'Groups',
      'Settings',
    ])
    assert.equal(
      await hers.page.getByRole('button', { name: 'New operator certificate' }).count(),
      0,
    )
    await hers.page.goto('/users')
    await hers.page.getByText('Your role does not let you see this').waitFor()

    const packages = [{ name: 'openssl', version: null }]
    const job = await manager.api.createJob(
      { kind: 'update', packages, host_ids },
      { idempotency_key: crypto.randomUUID() },
    )
    await hers.page.goto(`/jobs/${job.id}`)
    await hers.page.getByText('On 1 host, and on others that you do not see').waitFor()
    await hers.page.getByText('Only for those who see all of its hosts').waitFor()
    assert.ok(await hers.page.getByRole('button', { name: 'Cancel job' }).isDisabled())

    await hers.page.goto('/account')
    await hers.page.getByRole('table', { name: 'Sessions' }).getByText('This one').waitFor()
    const guess = { username: 'Olga', password: 'a guess' }
    for (let tries = 0; tries < 10; tries++)
      await assert.rejects(manager.anyone.login(guess), { code: 'invalid_credentials' })
    await page.reload()
    await row.getByText('Locked out').waitFor()
    await row.getByText(/ends in \d+ minutes/).waitFor()
    await row.getByRole('button', { name: 'More about olga' }).click()
    await page.getByRole('menuitem', { name: 'Unlock' }).click()
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await dialog.waitFor({ state: 'detached' })
    await row.getByText('Locked out').waitFor({ state: 'detached' })
    await row.getByRole('button', { name: 'More about olga' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await dialog.getByRole('checkbox', { name: 'Active' }).uncheck()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row.getByText('Not active').waitFor()
    await hers.page.goto('/hosts')
    await hers.page.getByRole('button', { name: 'Sign in' }).waitFor()

    await page.getByRole('link', { name: 'Groups' }).click()
    await page.getByRole('button', { name: 'More about Databases' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete group' }).click()
    await dialog.getByRole('checkbox', { name: 'Also where everybody' }).check()
    await dialog.getByRole('button', { name: 'Delete group' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(
      (await manager.api.listGroups()).groups.map(({ name }) => name),
      ['Web'],
    )

    await manager.api.changeSettings({
      oidc: { enabled: true, issuer: 'https://login.example', client_id: 'patches' },
    })
    await page.goto('/users')
    await page.getByRole('button', { name: 'New user' }).click()
    await dialog.getByRole('textbox', { name: 'User name' }).fill('sally')
    await dialog.getByRole('combobox', { name: 'Signs in' }).click()
    await page.getByRole('option', { name: 'By Single sign-on' }).click()
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'viewer' }).click()
    await dialog.getByRole('button', { name: 'Make user' }).click()
    await dialog.getByText('Give the address').waitFor()
    await dialog.getByRole('textbox', { name: 'Mail address' }).fill('sally@example.org')
    await dialog.getByRole('button', { name: 'Make user' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'operator' }).click()
    await page.getByText('1 to 1 of 1 users').waitFor()
    await page.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'viewer' }).click()
    await page.getByRole('row', { name: /^sally.* by single sign-on/ }).waitFor()
    assert.deepEqual([world.complaints, hers.complaints], [[], []])
  },
)

test(
  'who may not read roles sees those of users all the same, and gives only what he may',
  { skip },
  async () => {
    await using world = await openManagerPage()
    const { manager } = world
    const permissions = ['user:read', 'user:write'] as const
    await manager.api.createRole({ name: 'night-shift', permissions: ['host:read'], scoped: false })
    await manager.api.createUser({ username: 'nina', role: 'night-shift' })
    await manager.api.createRole({ name: 'desk', permissions: [...permissions], scoped: false })
    const dora = { username: 'dora', password: 'a horse that somebody told' }
    await manager.api.createUser({ ...dora, role: 'desk' })
    const { access_token } = await manager.anyone.login(dora)
    await manager
      .as(access_token)
      .changeOwnPassword({ current_password: dora.password, new_password: OWN })

    await using hers = await openBrowser(manager)
    const { page } = hers
    await signInAs(page, { ...dora, password: OWN })
    await page.getByRole('button', { name: 'Account of dora' }).waitFor()
    const dialog = page.getByRole('dialog')
    const role = dialog.getByRole('combobox', { name: 'Role' })
    const edit = async () => {
      await page.goto('/users')
      await page.getByRole('button', { name: 'More about nina' }).click()
      await page.getByRole('menuitem', { name: 'Edit' }).click()
    }
    await edit()
    assert.equal(await role.inputValue(), 'night-shift')
    assert.ok(await role.isDisabled())
    await dialog.getByText('Your role does not let you give roles').waitFor()

    await manager.api.changeRole({ name: 'desk', permissions: [...permissions, 'role:assign'] })
    await edit()
    await role.click()
    const options = page.getByRole('option')
    await options.first().waitFor()
    assert.deepEqual(await options.allTextContents(), [
      'admin',
      'operator',
      'auditor',
      'viewer',
      'night-shift',
    ])
  },
)
