import assert from 'node:assert/strict'
import { copyFile, cp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildPage } from '../../deploy/build-page.ts'
import { openLab } from '../lab/lab.ts'
import type { Host } from '../lab/host.ts'
import { CHECKOUT } from '../lab/places.ts'
import { skipWithout } from '../needs.ts'
import { Agent, request } from 'undici'
import { until } from './until.ts'

const skip = skipWithout('lab')
const INSTALLED = 'usr/lib/linux-patch-manager'
const UNIT = 'linux-patch-manager.service'
const PROGRAM = `/${INSTALLED}/node_modules/.bin/node /${INSTALLED}/packages/manager/src/main.ts`
const STATE = '/var/lib/linux_patch_manager'
/** What is there to develop with, or in the built page already. */
const UNUSED =
  /node-linux|typescript|oxlint|oxfmt|[@/]rolldown|playwright|mantine|tabler|lightningcss/

/** As docs/runbooks/install.md says it. */
async function install({ root, sh }: Host) {
  await buildPage()
  const program = join(root, INSTALLED)
  for (const part of ['node_modules', 'packages', 'package.json', 'pnpm-workspace.yaml'])
    await cp(join(CHECKOUT, part), join(program, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !UNUSED.test(path),
    })
  await sh(`ln -sf /usr/lib/linux-patch-agent/node /${INSTALLED}/node_modules/.bin/node`)
  await copyFile(join(CHECKOUT, 'deploy/systemd', UNIT), join(root, 'usr/lib/systemd/system', UNIT))
  await sh('useradd --system --user-group --shell /usr/sbin/nologin linux-patch-manager')
  await sh(`systemctl daemon-reload && systemctl enable --quiet --now ${UNIT}`)
}

test('the manager runs as its service, with no more than that allows', { skip }, async () => {
  await using lab = await openLab({ hosts: ['center'], base: 'debian-12' })
  const { center } = lab.hosts
  await install(center)
  assert.equal(await center.sh(`systemd-analyze verify ${UNIT} 2>&1`), '')
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  const health = () =>
    request(`https://${center.address}:8443/health`, { dispatcher }).then(
      async ({ statusCode, body }) => statusCode === 200 && (await body.text()),
      () => false as const,
    )
  const answers = () => until('it answers', health)
  const journal = () => center.sh(`journalctl --unit ${UNIT} --output cat --no-pager`)
  assert.match(
    await answers().catch(async (cause) => {
      throw new Error(await journal(), { cause })
    }),
    /"status":"healthy"/,
  )

  assert.equal(
    await center.sh(`cd ${STATE}; stat -c '%n %U %a' . master.key manager.db first-admin-password`),
    [
      '. linux-patch-manager 700',
      'master.key linux-patch-manager 600',
      'manager.db linux-patch-manager 600',
      'first-admin-password linux-patch-manager 600',
    ].join('\n'),
  )
  assert.equal(
    await center.sh(
      `cd / && runuser -u linux-patch-manager -- ${PROGRAM} check-config --state ${STATE}`,
    ),
    'The configuration is right.',
  )

  await center.kill('SIGKILL', UNIT)
  const restarts = () => center.sh(`systemctl show -P NRestarts ${UNIT}`)
  await until('it is started again', async () => (await restarts()) === '1')
  await answers()
  await center.sh(`systemctl stop ${UNIT}`)
  assert.equal(await center.sh(`systemctl show -P Result ${UNIT}`), 'success')
  await dispatcher.destroy()
})
