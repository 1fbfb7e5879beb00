import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { readProgress } from './status-fd.ts'

const captured = (name: string) =>
  readFileSync(new URL(`captured/${name}.txt`, import.meta.url), 'utf8').split('\n')

test('a download goes from 0 to 100', () => {
  const seen = captured('lab-download-status')
    .map(readProgress)
    .filter((one) => one !== undefined)
  assert.equal(seen[0]?.percent, 0)
  assert.deepEqual(seen.at(-1), {
    percent: 100,
    message: 'Retrieving file 3 of 3',
    is_download: true,
    failed_package: null,
  })
})

test('within an installation, progress never goes back', () => {
  const lines = captured('lab-install-status').filter((line) => line.startsWith('pm'))
  const percents = lines.map((line) => readProgress(line)?.percent ?? Number.NaN)
  assert.ok(percents.length > 20)
  assert.ok(lines.every((line) => readProgress(line)?.is_download === false))
  assert.deepEqual(
    percents,
    percents.toSorted((a, b) => a - b),
  )
})

test('an error names its package, even where it is named by its file', () => {
  const script =
    'pmerror:lab-fail:55.5556:installed lab-fail package post-installation script subprocess returned error exit status 7'
  assert.equal(readProgress(script)?.failed_package, 'lab-fail')
  const full =
    'pmerror:/var/cache/apt/archives/lab-big_1%3a2.0_all.deb:20.0000:cannot copy extracted data: No space left on device'
  assert.equal(readProgress(full)?.failed_package, 'lab-big')
  assert.match(readProgress(full)?.message ?? '', /^lab-big: .*No space left/)
})

test('a configuration file that was changed on the host is told in words', () => {
  const line =
    "pmconffile:/etc/lab-conf.conf:40.0000:'/etc/lab-conf.conf' '/etc/lab-conf.conf.dpkg-new' 1 1"
  assert.equal(
    readProgress(line)?.message,
    '/etc/lab-conf.conf was changed on this host and is kept as it is',
  )
})

test('a line that is no progress is none: a torn line, a request for a disk, nothing', () => {
  for (const line of ['', 'pmstatus:lab-he', 'media-change: Debian:/cdrom/', 'Setting up bash'])
    assert.equal(readProgress(line), undefined)
})

test('every line of progress is read, and whatever else stands there is none', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9+.-]{1,12}$/)
  const percent = fc.integer({ min: 0, max: 1_000_000 }).map((all) => all / 10_000)
  const text = fc.string().map((one) => one.replaceAll(/[\r\n\u2028\u2029]/g, ''))
  fc.assert(
    fc.property(name, percent, text, (subject, done, said) => {
      const line = (kind: string) => readProgress(`${kind}:${subject}:${done.toFixed(4)}:${said}`)
      const plain = { percent: done, message: said, is_download: false, failed_package: null }
      assert.deepEqual(line('pmstatus'), plain)
      assert.deepEqual(line('dlstatus'), { ...plain, is_download: true })
      assert.deepEqual(line('pmerror'), {
        ...plain,
        message: `${subject}: ${said}`,
        failed_package: subject,
      })
      assert.equal(line('media-change'), undefined)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (junk) => {
      const found = readProgress(junk)
      assert.ok(found === undefined || (found.percent >= 0 && found.percent <= 100))
    }),
  )
})
