import type { ManagerApi } from '@linux-patch/shared/manager-api'
import { ownChanges } from './own-changes.test.kit.ts'
import { peopleChanges } from './people-changes.test.kit.ts'
import { hostChanges } from './host-changes.test.kit.ts'
import { certificateChanges } from './certificate-changes.test.kit.ts'
import { managerChanges } from './manager-changes.test.kit.ts'
import type { Changes } from './change-scenes.test.kit.ts'

/** For tests only: all that changes something. */
export const recorded: Changes = {
  ...ownChanges,
  ...peopleChanges,
  ...hostChanges,
  ...certificateChanges,
  ...managerChanges,
}

/** What is asked by POST and leaves nothing behind that anybody would look for, and why. */
export const unrecorded: Partial<Record<keyof ManagerApi, string>> = {
  exchangeHandoff:
    'It hands out what SSO has begun. That somebody signed in that way is on record; it takes a provider to see it.',
  backchannelLogout: 'It is on record, and takes a provider to see it.',
  refresh:
    'It goes on with a session that is on record. A token that is offered twice is on record too.',
  previewJob: 'It changes nothing.',
  discoverProvider: 'It changes nothing, and tells a provider nothing.',
  testSso: 'It is on record, and takes a provider to see it.',
  testAzureSso: 'The same.',
  createTicket:
    'It opens one socket within a minute, to hear what the same person may ask for anyway.',
}
