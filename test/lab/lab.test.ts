import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { skipWithout } from '../needs.ts'
import { tryLock } from './lock.ts'
import { cgroupsOf, processesOf } from './cgroups.ts'
import { openLab } from './lab.ts'
import { mountsBelow } from './mounts.ts'
import { linksOf, namespacesOf } from './network.ts'
import { CHECKOUT, folderOf, labPrefix } from './places.ts'
import type { Base } from './root.ts'
import { openLabs } from './sweep.ts'

const skip = skipWithout('lab')
const bases: Base[] = ['debian-12', 'machine']

/** All that this machine has of a lab. */
const traces = async (number: number) => [
  ...mountsBelow(folderOf(number)),
  ...(await namespacesOf(number)),
  ...(await linksOf(number)),
  ...cgroupsOf(labPrefix(number)),
  ...processesOf(labPrefix(number)),
  ...openLabs().filter((open) => open === number),
]

/** What is left of a closed lab. Its number is held meanwhile, for the next lab would take it. */
async function leftovers(number: number) {
  await using held = await tryLock(`lab-${number}`)
  return held ? traces(number) : []
}

for (const base of bases) {
  test(`${base}: two hosts boot, each is itself, and they see each other`, { skip }, async () => {
    await using lab = await openLab({ hosts: ['web', 'db'], base })
    const { web, db } = lab.hosts

    for (const host of [web, db]) {
      assert.equal(await host.sh('uname -n'), host.name)
      assert.equal(await host.read('/etc/machine-id'), host.machine_id)
      assert.match(await host.sh('ip -brief -4 address'), new RegExp(`eth0.* ${host.address}/24`))
    }
    assert.notEqual(web.machine_id, db.machine_id)
    await web.sh(connect('db', await listen(db)))
  })

  test(`${base}: a host sees no home, no checkout and no way out`, { skip }, async () => {
    await using lab = await openLab({ hosts: ['web'], base })
    const { web } = lab.hosts

    const theirs = await web.sh(`for d in /root /home '${CHECKOUT}'; do ls "$d" || true; done`)
    assert.equal(theirs, '')
    assert.equal(await web.sh('ip route show default'), '')
    assert.ok(existsSync(`${CHECKOUT}/package.json`)) // so that there was something to see
  })

  test(`${base}: a rebooted host is in a new boot, with its disk`, { skip }, async () => {
    await using lab = await openLab({ hosts: ['web'], base })
    const { web } = lab.hosts
    const before = web.bootId()
    await web.write('/etc/kept', 'on disk')

    assert.notEqual(await web.reboot(), before)
    assert.equal(await web.read('/etc/kept'), 'on disk')
  })

  test(`${base}: nothing is left of a lab that was closed`, { skip }, async () => {
    const lab = await openLab({ hosts: ['web'], base })
    assert.notDeepEqual(await traces(lab.number), [])

    await lab[Symbol.asyncDispose]()
    assert.deepEqual(await leftovers(lab.number), [])
  })
}

test('two labs are open at once, on networks of their own', { skip }, async () => {
  await using one = await openLab({ hosts: ['web'], base: 'debian-12' })
  await using other = await openLab({ hosts: ['web'], base: 'debian-12' })

  assert.notEqual(one.gateway, other.gateway)
  assert.equal((await one.hosts.web.exec(['true'])).exitCode, 0) // opening the other left it alone
})

test('a lab whose owner was killed is reclaimed by the next', { skip }, async () => {
  const script = `
    import { openLab } from '${import.meta.dirname}/lab.ts'
    const lab = await openLab({ hosts: ['orphan'], base: 'debian-12' })
    console.log(lab.number)
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script])
  const number = Number(await once(owner.stdout, 'data'))
  const orphans = processesOf(labPrefix(number))
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  assert.ok(orphans.length > 1)

  await using _next = await openLab({ hosts: [], base: 'debian-12' })
  assert.deepEqual(orphans.filter(isAlive), [])
  assert.deepEqual(mountsBelow(join(folderOf(number), 'hosts/orphan/root')), [])
})

/** A zombie that nobody reaps, on a machine whose pid 1 is no init, has no command line. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`
  return existsSync(path) && readFileSync(path, 'utf8') !== ''
}

test('a host can be cut off, lose its power and come back', { skip }, async () => {
  await using lab = await openLab({ hosts: ['web', 'db'], base: 'debian-12' })
  const { web, db } = lab.hosts
  const port = await listen(db)

  await db.disconnect()
  await assert.rejects(web.sh(connect('db', port)))
  await db.reconnect()
  await web.sh(connect('db', port))

  await db.cutPower()
  await assert.rejects(db.exec(['true']), /db is not running/)
  await db.start()
  await db.powerOff()
  await db.start()
})

const NODE = '/usr/lib/linux-patch-agent/node'

/** Has a host listen until it is shut down. */
async function listen(host: { sh: (script: string) => Promise<string> }): Promise<number> {
  const script = 'require("net").createServer((socket) => socket.end()).listen(4000)'
  await host.sh(`systemd-run --quiet ${NODE} -e '${script}'`)
  await host.sh('until ss -ltn | grep -q :4000; do sleep 0.05; done')
  return 4000
}

const connect = (name: string, port: number) =>
  `${NODE} -e 'require("net").connect({ host: "${name}", port: ${port}, timeout: 1000 })` +
  `.on("timeout", () => process.exit(1)).on("data", () => {})'`
