import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, wordsOf } from './program.ts'

const answering = (stdout: string) => asking(async () => ({ exitCode: 0, stdout, stderr: '' }), 4)

test('an answer is found among what plugins print', async () => {
  const ask = answering('Hello, without an end\n[["lab-lib"], null]\n[plugin] bye\n')
  assert.deepEqual(await ask('ties', {}), [['lab-lib'], null])
  await assert.rejects(answering('')('ties', {}), { code: 'PKG_MANAGER_ERROR' })
})

test('an error that Python traces is told by its own words', () => {
  const stderr = [
    'Traceback (most recent call last):',
    '  File "/usr/lib/python3/dist-packages/libdnf/transaction.py", line 613, in __init__',
    '    _transaction.Swdb_swiginit(self, _transaction.new_Swdb(*args))',
    '                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    'libdnf._error.Error: SQLite error on "/var/lib/dnf/history.sqlite": file is not a database',
    '',
  ]
  assert.equal(
    wordsOf(stderr.join('\n')),
    'dnf: SQLite error on "/var/lib/dnf/history.sqlite": file is not a database',
  )
  assert.equal(wordsOf('warning: so\nError: No such thing\n'), 'dnf: No such thing')
})
