import { join } from 'node:path'
import { agents } from '../agents/connect.ts'
import { outboundAddress } from '../agents/outbound.ts'
import type { Config } from '../config.ts'
import { openDatabase, type Database } from '../db/open.ts'
import { tryPort, type Credentials } from '../http/server.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { openKeys } from '../pki/keys.ts'
import type { Authority } from '../pki/authority.ts'
import { firstAdministrator } from '../services/first-administrator.ts'
import { ownNames, type OwnNames } from '../services/own-names.ts'
import { ownSecrets } from '../services/own-secrets.ts'
import { makeFolder } from './folder.ts'
import { step } from './step.ts'
import { readOwnCertificate } from './web-certificate.ts'

type Options = { config: Config; show: ((line: string) => void) | null; now: () => Date }

export type Opened = Awaited<ReturnType<typeof open>>

/** Opens what the manager stands on: its folder, its database, its keys and who it is. */
export async function open({ config, show, now }: Options) {
  // Before keys and a password are made, which nobody would have a use for.
  await tryPort(config.listen)
  await step(`The state folder ${config.state_folder} cannot be made`, () =>
    makeFolder(config.state_folder),
  )
  const database = await step('The database cannot be opened', () =>
    openDatabase(config.database_url),
  )
  const { authority, identity, tokens } = await step('The manager cannot start', () =>
    openSecrets(config, database, now),
  )
  const names = ownNames(config.names)
  const administrator = await firstAdministrator({
    database,
    must_change_password: config.first_administrator.must_change_password,
    password_file: join(config.state_folder, 'first-admin-password'),
    show,
    now,
  })
  const tls = { ...identity, ca: authority.root_pem }
  return {
    database,
    authority,
    identity: () => tls,
    agents: agents(() => tls),
    tokens,
    administrator,
    names,
    introduce: async (hostAddress: string) => ({
      identity: identity.urn,
      addresses:
        config.outbound_addresses.length > 0
          ? config.outbound_addresses
          : [await outboundAddress(hostAddress)],
    }),
    credentials: await step('The certificate of the manager cannot be used', () =>
      webCredentials(config, authority, names),
    ),
  }
}

async function openSecrets(config: Config, database: Database, now: () => Date) {
  const { stores } = database
  const secrets_exist = (await stores.secrets.count()) > 0
  const keys = await openKeys({ path: config.master_key_file, secrets_exist })
  const secrets = ownSecrets({ stores, keys, now })
  const authority = await secrets.authority()
  const identity = await secrets.identity(authority)
  return { authority, identity, tokens: await secrets.tokens() }
}

/** The operator's own certificate, or one of our authority; its key is made at each start and never stored. */
async function webCredentials(
  { tls }: Config,
  authority: Authority,
  names: OwnNames,
): Promise<Credentials> {
  if (tls) return readOwnCertificate(tls)
  const { key_pem, publicKey } = newKeyPair()
  const { cert_pem } = await authority.issue('web', names, publicKey)
  return { key: key_pem, cert: `${cert_pem}\n${authority.root_pem}` }
}
