import { readFileSync } from 'node:fs'
import { hostname, machine, release } from 'node:os'
import { join } from 'node:path'
import type { EnrollmentRequest } from '@linux-patch/shared/enrollment'
import { parseOsRelease } from './system.ts'

/** What this host says of itself. The manager shows it to a person, and believes none of it. */
export function identify(
  root = '/',
): Pick<EnrollmentRequest, 'machine_id' | 'fqdn' | 'os_details'> {
  const os = parseOsRelease(readFileSync(join(root, 'etc/os-release'), 'utf8'))
  return {
    machine_id: readFileSync(join(root, 'etc/machine-id'), 'utf8').trim(),
    fqdn: fullName(hostname(), readHosts(root)),
    os_details: {
      name: os.get('NAME') ?? 'Linux',
      version: os.get('VERSION_ID') ?? '',
      codename: os.get('VERSION_CODENAME') ?? '',
      id_like: [os.get('ID'), os.get('ID_LIKE')].filter(Boolean).join(' '),
      kernel: release(),
      architecture: machine(),
    },
  }
}

/**
 * A short host name with its domain, where the hosts file knows it:
 *
 *     127.0.1.1   web-01.example.org web-01
 */
export function fullName(name: string, hosts: string): string {
  if (name.includes('.')) return name
  const names = hosts
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  return names.find((other) => other.startsWith(`${name}.`)) ?? name
}

function readHosts(root: string): string {
  try {
    return readFileSync(join(root, 'etc/hosts'), 'utf8')
  } catch {
    return ''
  }
}
