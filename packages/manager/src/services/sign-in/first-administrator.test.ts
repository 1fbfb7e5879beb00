import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { engines } from '../../db/engines.test.kit.ts'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { manager } from '../../start/manager.test.kit.ts'
import { firstAdministrator } from './first-administrator.ts'
import { isPassword } from './passwords.ts'

const now = () => new Date('2026-01-01T12:00:00Z')

for (const { name, skip, open } of engines) {
  test(
    `${name}: of managers that start for the first time at once, one makes the administrator`,
    { skip },
    async () => {
      await using database = await open()
      using folder = mkdtempDisposableSync(join(tmpdir(), 'lpm-admin-'))
      const password_file = join(folder.path, 'first-admin-password')
      const deps = { database, must_change_password: true, password_file, show: null, now }
      const made = await Promise.all([1, 2, 3].map(() => firstAdministrator(deps)))
      assert.deepEqual(
        made.filter((where) => where !== null),
        [password_file],
      )

      assert.equal((await stat(password_file)).mode & 0o777, 0o600)
      const password = (await readFile(password_file, 'utf8')).trim()
      const admin = await database.stores.users.find('admin')
      assert.ok(await isPassword(password, admin?.password_hash ?? ''))
      assert.equal(admin?.must_change_password, true)
    },
  )

  test(`${name}: a password that cannot be shown is not set`, { skip }, async () => {
    await using database = await open()
    const password_file = '/nowhere/first-admin-password'
    const deps = { database, must_change_password: true, password_file, show: null, now }
    await assert.rejects(firstAdministrator(deps), { code: 'ENOENT' })
    assert.equal(await database.stores.users.count(), 0)
  })
}

test('the file of the first password goes once that was changed, and the log says so', async () => {
  await using world = await manager()
  const file = join(world.folder, 'first-admin-password')
  await writeFile(file, `${world.password}\n`, { mode: 0o600 })
  const admin = world.as(await world.signIn())
  const passwords = { current_password: world.password, new_password: 'a new one, and long' }
  await assert.rejects(admin.changeOwnPassword({ ...passwords, current_password: 'wrong' }))
  assert.equal((await readFile(file, 'utf8')).trim(), world.password)
  await admin.changeOwnPassword(passwords)
  await assert.rejects(stat(file), { code: 'ENOENT' })
  const removed = () => world.log.said('info').filter((line) => line.includes('first password'))
  assert.deepEqual(removed(), [
    `{"password_file":"${file}"} first password removed: it has been changed`,
  ])

  // One that was stopped in between does it at its next start.
  await writeFile(file, `${world.password}\n`)
  await world.stop()
  await using again = await manager({ folder: world.folder })
  await assert.rejects(stat(file), { code: 'ENOENT' })
  assert.equal(again.log.said('info').length, 1)
})
