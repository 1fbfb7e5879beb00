import { readFileSync } from 'node:fs'
import { run } from '../../test/lab/run.ts'
import type { DemoLab } from './demo.ts'
import { PORT, type Manager } from './manager.ts'

export const cannotBoot = (lacks: string[]) =>
  [
    'This machine cannot boot real hosts, so nothing is proven here. It lacks:',
    ...lacks.map((lack) => `  ${lack}`),
    'The manager and its page start all the same.',
  ].join('\n')

export const notProven = (found: string[]) => ['NOT PROVEN:', ...found].join('\n  ')

export const isTaken = (holder: string) =>
  `The demo needs port ${PORT}, but somebody listens there: ${holder}\nDEMO_PORT=9443 npm run demo takes another one.`

export const signIn = ({ url, password, ca_fingerprint, log }: Manager) =>
  [
    `The page: ${url}`,
    '  user             admin',
    `  password         ${password}`,
    `  CA fingerprint   ${ca_fingerprint}`,
    `  manager's log    ${log}`,
  ].join('\n')

/** A shell in each host, by the process that is the first of its system. */
export async function lookInside({ hosts }: DemoLab): Promise<string> {
  const lines = Object.values(hosts).map(async ({ name, id, address }) => {
    const pids = (await run(['ip', 'netns', 'pids', id])).split('\n').filter(Boolean)
    const command = `nsenter -t ${pids.find(isFirst)} -m -u -i -n -p -C -- bash -l`
    return `  ${name} (${address})   ${command}`
  })
  return ['A shell in a host:', ...(await Promise.all(lines))].join('\n')
}

/** Its last number in `NSpid: 23887 1` is the one that it has inside. */
export function isFirst(pid: string): boolean {
  try {
    return /^NSpid:.*\s1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch (error) {
    // It has ended since it was listed.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return false
    throw error
  }
}
