import { Failure } from '@linux-patch/shared/failure'
import { secretNames, type SecretSection } from '@linux-patch/shared/settings'
import type { Stores } from '../../db/open.ts'
import type { Keys } from '../../pki/keys.ts'

/** What the key that a host fetches is sealed under. */
export const sealedKeyName = (enrollmentId: string) => `enrollment-key.${enrollmentId}`

/** What the secret of somebody's second factor is sealed under. */
export const sealedFactorName = (userId: string) => `second-factor.${userId}`

/** What the secret of a section of the settings is sealed under. */
export const sealedSettingName = (section: SecretSection) => `${section}.${secretNames[section]}`

/**
 * Before anything is sealed or opened: until the transaction ends nobody rotates the master key. Throws where
 * somebody did since it was read, for what is sealed with the old one nobody ever opens.
 */
export async function holdKeys({ secrets }: Stores, { open }: Keys): Promise<void> {
  const all = await secrets.hold()
  try {
    for (const { name, sealed } of all) open(name, sealed)
  } catch (cause) {
    throw new Failure(
      'unavailable',
      'The secrets are sealed under another master key than the one that was read at the start: restart the manager.',
      { cause },
    )
  }
}
