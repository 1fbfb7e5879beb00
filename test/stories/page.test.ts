import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundle } from '../../deploy/bundle.ts'
import { buildPage } from '../../deploy/build-page.ts'
import { openLab } from '../lab/lab.ts'
import { skipWithout } from '../needs.ts'
import { openBrowser, signIn } from './browser.ts'
import { administratorAt, enrollCommand, prepare } from './fleet.ts'
import { startManager } from './manager.ts'

const skip = skipWithout('lab') || skipWithout('chromium')
const MINUTE = 60_000

test(
  'a person approves a host on the page, starts a job there, and watches it finish',
  { skip },
  async () => {
    await using lab = await openLab({ hosts: ['web'], base: 'debian-12' })
    const { web } = lab.hosts
    const [folder] = await Promise.all([bundle(), buildPage()])
    await prepare(web, folder, ['lab-sleep=1.0-1'])
    await web.write('/etc/lab-sleep', '3\n')
    await using manager = await startManager({ address: lab.gateway })
    await using browser = await openBrowser(manager)
    const { page } = browser

    await page.goto('/')
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('password is wrong').waitFor()
    await signIn(page, manager)
    await page.getByText('Live', { exact: true }).waitFor()

    const enrolling = web.sh(enrollCommand(manager))
    await page.getByRole('link', { name: /^Enrollment/ }).click()
    const fingerprint = page.getByRole('group', { name: 'Key fingerprint of web' })
    const shown = (await fingerprint.textContent()) ?? ''
    await page.getByRole('button', { name: 'Approve web' }).click()
    const approve = page.getByRole('dialog').getByRole('button', { name: 'Approve host' })
    await approve.click()
    await page.getByText('Compare it first').waitFor()
    await page.getByRole('checkbox', { name: 'The host printed this fingerprint' }).check()
    await approve.click()
    const printed = await enrolling
    assert.ok(
      /^sha256:[0-9a-f]{64}$/.test(shown) && printed.includes(shown),
      `${shown} in ${printed}`,
    )
    await web.startAgent()

    await page.getByRole('link', { name: 'Hosts' }).click()
    await page.getByText('1 security of 1').waitFor({ timeout: MINUTE })
    await page.getByRole('checkbox', { name: 'Select web' }).check()
    await page.getByRole('button', { name: /^Apply patches/ }).click()
    await page.getByRole('button', { name: 'Review' }).click()
    const dialog = page.getByRole('dialog')
    const planned = dialog.getByRole('table', { name: 'Planned changes on web' })
    assert.match((await planned.textContent()) ?? '', /lab-sleepUpgrade1\.0-12\.0-1Security/)
    const preview = dialog.getByRole('group', { name: 'Preview of web' })
    const said = (await preview.textContent()) ?? ''
    assert.match(said, /Upgrades 1\. Fetches .* bytes\..*No reboot.*It can be rolled back\./)
    await dialog.getByRole('button', { name: 'Start job' }).click()

    await page
      .getByRole('log', { name: 'Log of web' })
      .getByText('tick 1/3')
      .waitFor({ timeout: MINUTE })
    await page
      .getByRole('status', { name: 'Status of the job' })
      .getByText('Completed')
      .waitFor({ timeout: MINUTE })
    const changes = page.getByRole('table', { name: 'Package changes on web' })
    assert.match((await changes.textContent()) ?? '', /lab-sleep.*1\.0-1.*2\.0-1.*Done/)
    assert.equal(await administratorAt(web).says('lab-sleep'), 'ii 2.0-1')

    await page.getByRole('button', { name: 'Roll back' }).click()
    await dialog.getByText('lab-sleep to 1.0-1').waitFor()
    await dialog.getByRole('button', { name: 'Start rollback' }).click()
    await page.getByRole('heading', { name: 'Roll back lab-sleep' }).waitFor()
    const status = page.getByRole('status', { name: 'Status of the job' })
    await status.getByText('Completed').waitFor({ timeout: MINUTE })
    assert.equal(await administratorAt(web).says('lab-sleep'), 'ii 1.0-1')
    await page.getByRole('link', { name: 'Apply all patches' }).click()
    await page.getByRole('heading', { name: 'Apply all patches' }).waitFor()
    await page.getByRole('link', { name: 'Roll back lab-sleep' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Roll back' }).count(), 0)

    await page.getByRole('link', { name: 'Hosts' }).click()
    await page.getByText('1 security of 1').waitFor({ timeout: MINUTE })
    await page.getByRole('checkbox', { name: 'Select web' }).check()
    await web.write('/etc/lab-sleep', '120\n')
    await page.getByRole('button', { name: /^Apply patches/ }).click()
    await page.getByRole('button', { name: 'Review' }).click()
    await dialog.getByRole('button', { name: 'Start job' }).click()
    await page.getByText('tick 1/120').waitFor({ timeout: MINUTE })
    await page.getByRole('button', { name: 'Cancel job' }).click()
    await dialog.getByRole('button', { name: 'Cancel job' }).click()
    await page.getByRole('button', { name: 'Stopping' }).waitFor()
    await web.write('/etc/lab-sleep', '0\n')
    // Too late for that: its only package was being installed.
    await status.getByText('Completed').waitFor({ timeout: MINUTE })

    await page.getByRole('link', { name: 'web' }).click()
    await page.getByRole('button', { name: 'Reboot' }).click()
    await page.getByRole('button', { name: 'Review' }).click()
    await dialog.getByText('Reboots each host.').waitFor()
    const before = web.bootId()
    await dialog.getByRole('button', { name: 'Start job' }).click()
    await page.getByRole('heading', { name: 'Reboot' }).waitFor()
    await web.booted(before)
    await status.getByText('Completed').waitFor({ timeout: MINUTE })
    assert.equal(await page.getByRole('button', { name: 'Roll back' }).count(), 0)
    assert.deepEqual(browser.complaints, [])
  },
)
