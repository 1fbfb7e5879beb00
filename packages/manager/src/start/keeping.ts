import { Failure } from '@linux-patch/shared/failure'
import type { Config } from '../config.ts'
import type { Chain } from '../db/audit/chain.ts'
import { openExisting, type Database } from '../db/open.ts'
import { openKeys, type Keys } from '../pki/keys.ts'
import { rotateKeys, settleKeys } from '../services/certificates/key-rotation.ts'
import { ownSecrets } from '../services/certificates/own-secrets.ts'
import { rollover } from '../services/certificates/rollover.ts'
import { step } from './step.ts'

export type Keeping = { config: Config; now: () => Date }

/** What is done to the keys and the authority from the command line. Each answers what to tell, in lines. */
export async function rotateMasterKey({ config, now }: Keeping): Promise<string[]> {
  const path = config.master_key_file
  const count = await withKeys({ config, now }, ({ database }) =>
    rotateKeys({ database, path, now }),
  )
  return [
    `${count} secrets are sealed under a new master key, ${path}.`,
    'Restart the manager, back the key up anew, and destroy the copies of the old one once older backups of the database are not needed any more.',
  ]
}

export const beginRollover = ({ config, now }: Keeping): Promise<string[]> =>
  withKeys({ config, now }, async ({ database, keys }) => {
    const fingerprint = await rollover({ database, now }).begin(keys)
    return [
      `The next root is ${fingerprint}.`,
      'Hosts that are reached trust both within a minute and get certificates of it; `ca status` says how many use them.',
    ]
  })

export const finishRollover = ({ config, now }: Keeping, force: boolean): Promise<string[]> =>
  withKeys({ config, now }, async ({ database }) => {
    await rollover({ database, now }).finish({ force })
    return ['The next root has taken the place of the old one.']
  })

export const authorityStatus = ({ config, now }: Keeping): Promise<string[]> =>
  onDatabase(config, async (database) => {
    const { roots, progress } = await rollover({ database, now }).status()
    const lines = roots.map(
      ({ stage, fingerprint, stage_since, not_after }) =>
        `${stage.padEnd(8)} ${fingerprint} since ${stage_since}, ends ${not_after}`,
    )
    if (!progress) return lines
    const { moved, total, waiting } = progress
    const moving = `${moved} of ${total} hosts have certificates of the next root alone.`
    return [...lines, moving, ...waiting.map(({ name }) => `  not yet: ${name}`)]
  })

type Opened = { database: Database; keys: Keys; chain: Chain }

/** On the database of a manager that was started before, with its keys. */
export const withKeys = <Answer>(
  { config, now }: Keeping,
  work: (opened: Opened) => Promise<Answer>,
): Promise<Answer> =>
  onDatabase(config, async (database) => {
    const path = config.master_key_file
    const [sample] = await database.stores.secrets.list()
    if (!sample)
      throw new Failure('conflict', 'Nothing is sealed yet: start the manager once before.')
    await settleKeys(path, sample)
    const keys = await step('The secrets cannot be opened', () =>
      openKeys({ path, secrets_exist: true }),
    )
    const chain = await ownSecrets({ database, keys, now }).chain()
    return work({ database: await database.chained(chain), keys, chain })
  })

/** Makes none: whoever types a command is often not whom the manager runs as, who could not open it then. */
async function onDatabase<Answer>(
  { database_url }: Config,
  work: (database: Database) => Promise<Answer>,
): Promise<Answer> {
  const database = await step('The database cannot be opened', () => openExisting(database_url))
  try {
    return await step('The command cannot be carried out', () => work(database))
  } finally {
    await database.close()
  }
}
