import { existsSync, readFileSync } from 'node:fs'
import { client, type Unwrap } from '@linux-patch/shared/client'
import { enrolledApi } from '@linux-patch/shared/enrolled-api'
import { Failure } from '@linux-patch/shared/failure'
import { unwrapBare } from '@linux-patch/shared/unwrap'
import { parseManagerPlace } from '../config-manager.ts'
import type { Places } from '../config-places.ts'
import { enrolledTransport } from '../pki/enrolled-transport.ts'
import type { Material } from './certificates.ts'

/** What the manager answers to the host that these credentials are of. Throws where the host knows no manager. */
export function enrolledManager({ manager: file }: Places, own: Material) {
  if (!existsSync(file))
    throw new Failure(
      'not_found',
      `${file} is not there: this host does not know where its manager is. Enrol it anew.`,
    )
  const place = parseManagerPlace(file, readFileSync(file, 'utf8'))
  return client(enrolledApi, enrolledTransport(place, own), unwrapFitting)
}

const unwrapFitting: Unwrap = (incoming, endpoint) => {
  const answer = unwrapBare(incoming, endpoint)
  const { success, error } = endpoint.output.safeParse(answer)
  if (success) return answer
  const [issue] = error.issues
  throw new Failure(
    'unavailable',
    `The manager's answer does not fit its API: ${issue?.path.join('.')}: ${issue?.message}.`,
  )
}
