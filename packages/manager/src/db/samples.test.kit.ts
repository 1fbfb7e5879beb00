import type { NewCertificate } from './certificates/certificates.ts'
import type { NewEnrollment } from './enrollment/enrollments.ts'
import type { NewHost } from './hosts/hosts.ts'
import type { NewJob } from './jobs/adding.ts'
import type { Stores } from './open.ts'
import type { Scope } from './scope.ts'

/** For tests only: rows to begin with. */
export const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString()

export const debian = {
  name: 'Debian GNU/Linux',
  version: '12',
  codename: 'bookworm',
  id_like: 'debian',
  kernel: '6.1.0-40-amd64',
  architecture: 'amd64',
}

export const newEnrollment = (number: number): NewEnrollment => ({
  machine_id: String(number).padStart(32, '0'),
  fqdn: `web-${number}.example`,
  ip_address: `192.0.2.${number}`,
  source_ip: `192.0.2.${number}`,
  agent_port: 12443,
  agent_version: '0.1.0',
  os_details: debian,
  csr_pem: 'a request',
  key_fingerprint: `sha256:${number}`,
  token_hash: `token-${number}`,
  created_at: at(number),
  expires_at: at(3600),
  join_code_id: null,
  waits_because: null,
  warning: null,
})

export const newHost = (number: number): NewHost => ({
  machine_id: String(number).padStart(32, '0'),
  fqdn: `web-${number}.example`,
  ip_address: `192.0.2.${number}`,
  display_name: '',
  os: debian,
  agent_version: '0.1.0',
  agent_port: 12443,
  key_fingerprint: `sha256:${number}`,
  registered_at: at(number),
})

export const newCertificate = (number: number, host_id: string | null): NewCertificate => ({
  host_id,
  kind: 'agent',
  serial: `4${number}`,
  subject: 'CN=web',
  sans: 'DNS:web',
  fingerprint: `sha256:c${number}`,
  spki_hash: `sha256:${number}`,
  not_before: at(0),
  not_after: at(3600),
  cert_pem: 'a certificate',
  issued_by: null,
  created_at: at(0),
})

export const newJob = (more: Partial<NewJob> = {}): NewJob => ({
  kind: 'patch_apply',
  parent_job_id: null,
  packages: [],
  patches: [],
  exclude_packages: [],
  purge: false,
  notes: '',
  created_by: 'admin',
  created_by_id: 'admin-id',
  created_at: at(0),
  idempotency_key: null,
  request_hash: null,
  ...more,
})

/** So many hosts; answers their ids. */
export async function addHosts({ hosts }: Stores, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let number = 1; number <= count; number++) ids.push((await hosts.add(newHost(number))).id)
  return ids
}

/** A job on these hosts; answers its id. */
export async function addJob(
  { jobs }: Stores,
  host_ids: string[],
  more?: Partial<NewJob>,
  scope: Scope = 'all',
) {
  const { id } = await jobs.add({ scope, job: newJob(more), host_ids })
  return id
}

/** How a part ends that changed nothing. */
export const nothingDone = {
  error_code: null,
  last_error: null,
  changes: [],
  reboot_required: false,
  rollback: null,
}
