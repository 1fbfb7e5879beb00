import { hostname } from 'node:os'
import { join } from 'node:path'
import { agents } from '../agents/connect.ts'
import { outboundAddress } from '../agents/outbound.ts'
import type { Config } from '../config.ts'
import { openDatabase, type Database } from '../db/open.ts'
import { tryPort } from '../http/server.ts'
import type { Log } from '../log.ts'
import { openKeys } from '../pki/keys.ts'
import { firstAdministrator } from '../services/sign-in/first-administrator.ts'
import { ownNames } from '../services/certificates/own-names.ts'
import { settleKeys } from '../services/certificates/key-rotation.ts'
import { ownIssuing } from '../services/certificates/own-issuing.ts'
import { ownSecrets } from '../services/certificates/own-secrets.ts'
import { revocationLists } from '../services/certificates/revocation-lists.ts'
import { isOver, revocationService } from '../services/certificates/revocation.ts'
import { settingsService } from '../services/settings/settings.ts'
import { makeFolder } from './folder.ts'
import { ownCertificates } from './own-certificates.ts'
import { step } from './step.ts'

type Options = {
  config: Config
  show: ((line: string) => void) | null
  log: Log
  now: () => Date
}

export type Opened = Awaited<ReturnType<typeof open>>

/** Opens what the manager stands on: its folder, its database, its keys and who it is. */
export async function open({ config, show, log, now }: Options) {
  // Before keys and a password are made, which nobody would have a use for.
  await tryPort(config.listen)
  await tryPort(config.agents_listen)
  await step(`The state folder ${config.state_folder} cannot be made`, () =>
    makeFolder(config.state_folder),
  )
  const unchained = await step('The database cannot be opened', () =>
    openDatabase(config.database_url),
  )
  const { is_first, database, keys, secrets, authority, tokens, chain } = await step(
    'The manager cannot start',
    () => openSecrets(config, unchained, now),
  )
  const names = ownNames(config.names)
  const certificates = await ownCertificates({
    tls: config.tls,
    authority,
    issuing: ownIssuing({ database, authority, key: secrets.identity, now }),
    names,
    now,
  })
  const password_file = firstPasswordFile(config)
  const administrator = await firstAdministrator({
    database,
    must_change_password: config.first_administrator.must_change_password,
    password_file,
    show,
    now,
  })
  const calling = agents({
    identity: certificates.identity,
    isOver: isOver(database.stores.certificates, now),
  })
  const { stores } = database
  const lists = revocationLists({ stores, signers: authority.signers, now })
  // In the place of the one that is kept, which is old where the database was restored.
  await lists.issue()
  return {
    /** Keys were made that are nowhere else. */
    is_first,
    database,
    keys,
    authority,
    lists,
    certificates,
    identity: certificates.identity,
    agents: calling,
    revocation: revocationService({ database, agents: calling, lists, log }),
    settings: settingsService({
      database,
      keys,
      http_on_loopback: config.sso.http_on_loopback,
      now,
    }),
    tokens,
    auditPlace: { chain, known_file: knownFile(config) },
    administrator,
    password_file,
    names,
    introduce: async (hostAddress: string) => ({
      identity: certificates.identity().urn,
      addresses:
        config.outbound_addresses.length > 0
          ? config.outbound_addresses
          : [await outboundAddress(hostAddress)],
    }),
  }
}

/** Where the first password goes when nobody sits at a terminal. */
export const firstPasswordFile = ({ state_folder }: Pick<Config, 'state_folder'>) =>
  join(state_folder, 'first-admin-password')

/** What is known of the audit outside the database. */
export const knownFile = ({ state_folder }: Pick<Config, 'state_folder'>) =>
  join(state_folder, 'audit-known.json')

async function openSecrets(config: Config, database: Database, now: () => Date) {
  const { stores } = database
  const [sample] = await stores.secrets.list()
  await settleKeys(config.master_key_file, sample)
  const secrets_exist = sample !== undefined
  const keys = await openKeys({ path: config.master_key_file, secrets_exist })
  const secrets = ownSecrets({ database, keys, now })
  const authority = await secrets.roots(publishedAt(config))
  const tokens = await secrets.tokens()
  const chain = await secrets.chain()
  const chained = await database.chained(chain)
  return { is_first: !secrets_exist, database: chained, keys, secrets, authority, tokens, chain }
}

/**
 * Where certificates say that their state can be asked: over HTTPS, for there is no other port, and whoever checks
 * a certificate of ours trusts our root already. They say nothing where the port is left to the system.
 */
function publishedAt({ public_url, names, listen }: Config): string | null {
  if (public_url !== undefined) return public_url
  if (listen.port === 0) return null
  const name = names[0] ?? hostname()
  return `https://${name.includes(':') ? `[${name}]` : name}:${listen.port}`
}
