import { join } from 'node:path'

/** Holds the labs that are open now; what is here after a crash is reclaimed. */
export const OPEN_LABS = '/run/linux-patch-lab'

/** Holds what is worth building once: the base systems and the repository. */
export const CACHE = '/var/cache/linux-patch-lab'

export const CHECKOUT = join(import.meta.dirname, '../..')

/**
 * Every link, namespace, cgroup and machine of a lab is named after its number, so that whoever
 * finds one knows whose it is. Interface names have 15 characters, which keeps this short.
 */
export const labPrefix = (number: number) => `lpl${number}h`
export const bridgeOf = (number: number) => `lpl${number}`
export const hostId = (number: number, index: number) => `${labPrefix(number)}${index}`

export const folderOf = (number: number) => join(OPEN_LABS, String(number))
export const networkOf = (number: number) => `10.78.${number}`
export const gatewayOf = (number: number) => `${networkOf(number)}.1`
export const addressOf = (number: number, index: number) => `${networkOf(number)}.${10 + index}`
