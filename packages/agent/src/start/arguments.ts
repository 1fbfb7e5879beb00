import { InvalidArgumentError } from 'commander'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { Fingerprint } from '@linux-patch/shared/enrollment'
import { Failure } from '@linux-patch/shared/failure'
import { JoinCodeText } from '@linux-patch/shared/join-code'

export function readFolder(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory()) return text
  throw new InvalidArgumentError('There is no such folder.')
}

export function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.protocol === 'https:' && url.href === `${url.origin}/`
  if (!url || !isPlain) throw new InvalidArgumentError('It must look like https://name:8443.')
  return url
}

export function readPin(text: string): string {
  const { success, data } = Fingerprint.safeParse(text.toLowerCase())
  if (!success) throw new InvalidArgumentError('It must be sha256: and 64 hexadecimal digits.')
  return data
}

export function readAddress(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('It must be an IP address.')
  return text
}

export function readCode(text: string): string {
  if (JoinCodeText.safeParse(text).success) return text
  throw new InvalidArgumentError('It must be lpmj_ and 32 letters and digits.')
}

export function codeIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return JoinCodeText.parse(readFileSync(file, 'utf8').trim())
  } catch (cause) {
    throw new Failure('invalid_request', `There is no join code to be read in ${file}.`, { cause })
  }
}

export function readSeconds(text: string): number {
  const seconds = Number(text)
  if (seconds >= 0.01 && seconds <= 3600) return seconds
  throw new InvalidArgumentError('It must be a number of seconds, up to an hour.')
}
