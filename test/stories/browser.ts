import { chromium, type Page } from 'playwright-core'
import { buildPage } from '../../deploy/build-page.ts'
import { startManager, type Manager, type ManagerOptions } from './manager.ts'
import { until } from './until.ts'

/** A manager without hosts, and its page in a browser where the administrator has signed in. */
export async function openManagerPage({
  refusals,
  ...options
}: ManagerOptions & { refusals?: number[] } = {}) {
  await buildPage()
  await using opened = new AsyncDisposableStack()
  const manager = opened.use(await startManager(options))
  const browser = opened.use(await openBrowser(manager, refusals))
  const { page, complaints } = browser
  await signIn(page, manager)
  const all = opened.move()
  return {
    manager,
    page,
    dialog: page.getByRole('dialog'),
    complaints,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** A page in a real browser, and what it complained of. `refusals`: the statuses that its story makes the manager answer. */
export async function openBrowser({ url }: Manager, refusals: number[] = []) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  })
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: url })
  const page = goingOn(await context.newPage())
  const complaints: string[] = []
  const expected = [...EXPECTED, ...refusals.map((status) => `status of ${status}`)]
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    if (!expected.some((text) => message.text().includes(text))) complaints.push(message.text())
  })
  return { page, complaints, [Symbol.asyncDispose]: () => browser.close() }
}

/** Goes there again where the networks of this machine changed on the way. */
function goingOn(page: Page): Page {
  const goto = page.goto.bind(page)
  page.goto = (...asked) =>
    goto(...asked).catch((error: Error) => {
      if (error.message.includes('ERR_NETWORK_CHANGED')) return page.goto(...asked)
      throw error
    })
  return page
}

/**
 * A browser reports every refusal of its own accord, and asking who is signed in is how the page begins. And it drops what
 * it is at where the networks of this machine change, as they do when another lab opens; the page asks again.
 */
const EXPECTED = ['status of 401', 'ERR_NETWORK_CHANGED']

/** As the administrator. */
export async function signIn(page: Page, { password }: Manager) {
  await signInAs(page, { username: 'admin', password })
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

/** As somebody of whom more may be wanted before he is in. */
export async function signInAs(page: Page, { username, password }: Credentials) {
  await until('the page is there', () => isOpened(page))
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
type Credentials = { username: string; password: string }

/** One that is on its way while another lab opens does not arrive. */
async function isOpened(page: Page): Promise<boolean> {
  await page.goto('/')
  const loaded = page.getByLabel('User name').waitFor({ timeout: 5000 })
  return loaded.then(
    () => true,
    () => false,
  )
}
