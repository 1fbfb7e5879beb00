import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

/** The floors of every package, from the roof down. `shared` is the ground they all stand on. */
const floors = [
  ['main.ts'],
  ['start'],
  ['http'],
  ['services', 'orchestration'],
  ['db', 'mail', 'oidc', 'pki', 'agents', 'apt', 'dnf', 'store'],
  ['alike.ts'],
  ['transient-unit.ts', 'package-manager.ts', 'advisories', 'config', 'web'],
  ['run.ts', 'log.ts', 'files'],
  ['shared'],
]

/** What reaches the outside world, and the one place each comes in by. */
const doors: Record<string, string[]> = {
  execa: ['packages/agent/src/run.ts'],
  kysely: ['packages/manager/src/db/'],
  'kysely/migration': ['packages/manager/src/db/'],
  pg: ['packages/manager/src/db/'],
  'better-sqlite3': ['packages/manager/src/db/'],
  'node:sqlite': ['packages/agent/src/store/'],
  '@peculiar/x509': ['packages/manager/src/pki/x509.ts', 'packages/agent/src/pki/x509.ts'],
  sax: ['packages/agent/src/dnf/updateinfo.ts'],
  'openid-client': ['packages/manager/src/oidc/'],
  '@zxcvbn-ts/core': ['packages/manager/src/services/sign-in/guesses.ts'],
  '@zxcvbn-ts/language-common': ['packages/manager/src/services/sign-in/guesses.ts'],
  jose: ['packages/manager/src/services/sign-in/tokens.ts', 'packages/manager/src/oidc/logout.ts'],
  otplib: ['packages/manager/src/services/sign-in/totp.ts'],
  qrcode: ['packages/manager/src/services/sign-in/qr.ts'],
  nodemailer: ['packages/manager/src/mail/'],
  pkijs: ['packages/manager/src/pki/'],
  asn1js: ['packages/manager/src/pki/'],
}

const files = globSync('packages/*/{src,web/src}/**/*.{ts,tsx}').filter(
  (file) => !/\.test\./.test(file),
)
const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'/gm)].map(
    ([, wanted = '']) => ({ file, wanted }),
  ),
)

/** Where in the building a file lives: packages/manager/src/db/jobs/jobs.ts → manager, db, floor 4. */
function home(file: string) {
  const [, owner = '', root = '', first = ''] = file.split('/')
  const place = owner === 'shared' ? 'shared' : root === 'web' ? 'web' : first
  const floor = floors.findIndex((places) => places.includes(place.replace(/^config.*/, 'config')))
  assert.notEqual(floor, -1, `${file} is on no floor: move it, or add its place to this table`)
  return { owner, place, floor }
}

function fileOf(file: string, wanted: string) {
  if (wanted.startsWith('.')) return join(dirname(file), wanted)
  return wanted.startsWith('@linux-patch/shared/') ? 'packages/shared/src' : undefined
}

test('there are files to look at', () => assert.ok(files.length > 50 && imports.length > 200))

test('imports point down', () => {
  for (const { file, wanted } of imports) {
    const imported = fileOf(file, wanted)
    if (!imported) continue
    const [from, to] = [home(file), home(imported)]
    const inside = to.owner === from.owner && (to.floor > from.floor || to.place === from.place)
    assert.ok(inside || to.owner === 'shared', `${file} may not import ${imported}`)
  }
})

test('each outside package comes in by one door', () => {
  for (const { file, wanted } of imports) {
    const door = doors[wanted]
    const open = !door || door.some((place) => file.startsWith(place))
    assert.ok(open, `${file} imports ${wanted}, which only ${door?.join(' or ')} may`)
  }
})

test('only main.ts reads the environment', () => {
  const readers = files.filter((file) => readFileSync(file, 'utf8').includes('process.env'))
  assert.deepEqual(
    readers.filter((file) => !file.endsWith('src/main.ts')),
    [],
  )
})
