import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  identityProvider,
} from '@linux-patch/manager/oidc/provider.test.kit'
import { phoneOf } from '@linux-patch/manager/services/sign-in/second-factor.test.kit'
import { buildPage } from '../../deploy/build-page.ts'
import { skipWithout } from '../needs.ts'
import { openBrowser } from './browser.ts'
import { startManager } from './manager.ts'

const skip = skipWithout('chromium')

test(
  'a person signs in at an OpenID provider, lands where he wanted to go, and hears why not when refused',
  { skip },
  async () => {
    await buildPage()
    await using manager = await startManager({ config: { sso: { http_on_loopback: true } } })
    const redirect_uri = `${manager.url}/api/v1/auth/sso/callback`
    await using provider = await identityProvider({
      redirect_uris: [redirect_uri],
      post_logout_redirect_uris: [`${manager.url}/`],
    })
    provider.people.set('alice', { name: 'Alice', preferred_username: 'alice' })
    await manager.api.changeSettings({
      oidc: {
        enabled: true,
        display_name: 'Example',
        issuer: provider.issuer,
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uri,
        create_users: true,
        default_role: 'viewer',
      },
    })
    await using browser = await openBrowser(manager, [400])
    const { page, complaints } = browser
    const button = page.getByRole('link', { name: 'Sign in with Example' })

    provider.state.refuses = true
    await page.goto('/jobs?status=failed')
    await button.click()
    await page.getByRole('alert').getByText('did not let you in').waitFor()
    assert.equal(new URL(page.url()).search, '')

    provider.state.refuses = false
    await page.goto('/jobs?status=failed')
    await button.click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    const { pathname, search } = new URL(page.url())
    assert.equal(pathname + search, '/jobs?status=failed')
    await page.getByRole('button', { name: /^Account of alice/ }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()

    await page.goto('/account')
    await page.getByText('you sign in by single sign-on').waitFor()
    assert.equal(await page.getByLabel('Current password').count(), 0)
    await page.goto('/jobs?handoff=of-somebody-else')
    await page.getByRole('button', { name: /^Account of alice/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await button.waitFor()
    await page.goto('/jobs?handoff=of-somebody-else')
    await page.getByRole('alert').waitFor()
    assert.equal(new URL(page.url()).search, '')

    await manager.api.changeSettings({
      security: { mfa_required_roles: ['viewer'], mfa_for_sso: true },
    })
    await page.goto('/jobs?status=failed')
    await button.click()
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    const secret = (await page.getByLabel('Secret', { exact: true }).textContent()) ?? ''
    const nextCode = phoneOf(secret)
    await page.getByRole('textbox', { name: 'Code' }).fill(await nextCode())
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: /^Account of alice/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.goto('/jobs?status=failed')
    await button.click()
    await page.getByRole('textbox', { name: 'Code' }).fill(await nextCode())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    assert.equal(new URL(page.url()).search, '?status=failed')

    await manager.api.changeSettings({ oidc: { sign_out_at_provider: true } })
    await page.getByRole('button', { name: /^Account of alice/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Yes, sign out' }).click()
    await button.waitFor()
    assert.equal(page.url(), `${manager.url}/`)
    assert.deepEqual(complaints, [])
  },
)
