import { join } from 'node:path'

export type Places = ReturnType<typeof places>

/** Where the agent keeps what it owns, all below one folder so that a test can have its own. */
export function places(root = '/') {
  const settings = join(root, 'etc/linux_patch_api')
  const certificates = join(settings, 'certs')
  const state = join(root, 'var/lib/linux_patch_api')
  return {
    root,
    settings,
    config: join(settings, 'config.yaml'),
    whitelist: join(settings, 'whitelist.yaml'),
    /** Where the manager is. */
    manager: join(settings, 'manager.yaml'),
    certificates,
    authority: join(certificates, 'ca.pem'),
    certificate: join(certificates, 'server.pem'),
    key: join(certificates, 'server.key.pem'),
    revocations: join(certificates, 'crl.pem'),
    state,
    database: join(state, 'agent.sqlite'),
    jobs: join(state, 'jobs'),
    audit: join(state, 'audit.log'),
    auditHead: join(state, 'audit.head'),
    /** What the manager has sent about vulnerabilities, in OSV's format. */
    advisories: join(state, 'advisories.json'),
    enrollment: join(state, 'enrollment'),
    renewal: join(state, 'renewal'),
    /** Held by whoever replaces this host's key and certificate. */
    renewalLock: join(state, 'renewal.lock'),
    /** How it went when the manager was last asked whom to trust. */
    upkeep: join(state, 'upkeep.json'),
    cache: join(root, 'var/cache/linux_patch_api'),
  }
}
