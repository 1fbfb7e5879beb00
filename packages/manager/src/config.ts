import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { SafeUrl } from '@linux-patch/shared/settings/oidc'
import { parseDocument, type Document } from 'yaml'
import { z } from 'zod'

const port = z.number().int().min(0).max(65535)
const perMinute = z.number().int().min(1)
const seconds = z.number().int().min(1)

const Config = z.strictObject({
  listen: z
    .strictObject({ address: z.string().default('::'), port: port.default(8443) })
    .prefault({}),
  /** Where the agents of enrolled hosts come to: mutual TLS, and nobody else is answered. */
  agents_listen: z
    .strictObject({ address: z.string().default('::'), port: port.default(8444) })
    .prefault({}),
  /** Names and addresses that the manager's own certificate bears beside those found on this machine. */
  names: z.array(z.string().min(1)).default([]),
  /** Where it is found, if that is not its own name and port: what certificates and the page name. */
  public_url: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Addresses that the manager's calls to agents come from; hosts let no other in. */
  outbound_addresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** Proxies in front of it, whose `X-Forwarded-For` says where a request comes from. Of nobody else it counts. */
  trusted_proxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
  database: z
    .strictObject({
      url: z
        .string()
        .regex(
          /^(sqlite:|postgres(ql)?:\/\/)/,
          'must be sqlite:/a/path or postgres://user@host/database',
        )
        .optional(),
    })
    .prefault({}),
  tls: z
    .strictObject({ certificate_file: z.string().min(1), key_file: z.string().min(1) })
    .optional(),
  /** How often one address may ask, a minute. */
  rate_limits: z
    .strictObject({
      sign_in: perMinute.default(20),
      refresh: perMinute.default(120),
      /** Single sign-on, which asks three times. */
      sso: perMinute.default(60),
      /** Sign-outs that a provider tells of, whose requests all come from it: one for each session that ends. */
      sso_logout: perMinute.default(600),
      enroll: perMinute.default(5),
      enroll_status: perMinute.default(60),
      preview: perMinute.default(30),
      /** Trying settings out, which asks other systems. */
      settings_test: perMinute.default(10),
      /** Lists of revoked certificates, and questions about single ones. */
      pki: perMinute.default(600),
    })
    .prefault({}),
  enrollment: z
    .strictObject({
      pending_max: z.number().int().min(1).default(1000),
      /** Of those, from one address: of a site behind one, that is as many hosts as wait at once. */
      pending_max_per_address: z.number().int().min(1).default(100),
      lifetime_hours: z.number().int().min(1).default(24),
    })
    .prefault({}),
  hosts: z
    .strictObject({
      read_every_seconds: seconds.default(300),
      /** How soon a host that did not answer, or is new, is asked again. */
      retry_every_seconds: seconds.default(15),
      /** From when on what was read is shown as stale. */
      stale_after_hours: z.number().int().min(1).default(24),
      concurrent: z.number().int().min(1).max(1000).default(16),
    })
    .prefault({}),
  jobs: z
    .strictObject({
      concurrent: z.number().int().min(1).max(1000).default(64),
      /** How long to go on trying to reach a host that has a job to do. */
      give_up_after_minutes: z.number().int().min(1).default(60),
    })
    .prefault({}),
  /** Signing in by another system's word; what is told to it is in the settings. */
  sso: z
    .strictObject({
      /** A provider on this machine may do without TLS, to try things out. */
      http_on_loopback: z.boolean().default(false),
      /** Where Microsoft's providers are; its national clouds have other places. */
      microsoft_url: SafeUrl.default('https://login.microsoftonline.com'),
    })
    .prefault({}),
  first_administrator: z
    .strictObject({ must_change_password: z.boolean().default(true) })
    .prefault({}),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
type Settings = z.output<typeof Config>

export type Config = Settings & {
  state_folder: string
  master_key_file: string
  database_url: string
}

/** Where things are, from the command line and the environment. */
export type Places = {
  config_file: string | null
  state_folder: string
  master_key_file: string | null
  database_url: string | null
}

/** Reads the configuration once, at start. A wrong value is a Failure that names the file and the key. */
export function readConfig(places: Places): Config {
  const settings = places.config_file === null ? Config.parse({}) : parseConfig(places.config_file)
  const { state_folder } = places
  return {
    ...settings,
    state_folder,
    master_key_file: places.master_key_file ?? join(state_folder, 'master.key'),
    database_url:
      places.database_url ?? settings.database.url ?? `sqlite:${join(state_folder, 'manager.db')}`,
  }
}

function parseConfig(file: string): Settings {
  const document = parseDocument(contentOf(file), { prettyErrors: true })
  const [broken] = document.errors
  if (broken) throw wrong(`${file}: ${broken.message.split('\n')[0]?.replace(/:$/, '')}`)

  const { success, data, error } = Config.safeParse(valueOf(document, file))
  if (success) return data
  const [issue] = error.issues
  throw wrong(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
}

/** An empty file is one that says nothing. An alias of nothing is found only now. */
function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    throw wrong(`${file}: ${(error as Error).message}`)
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { message } = cause as Error
    throw wrong(`The configuration ${file} cannot be read: ${message}`, { cause })
  }
}

const wrong = (message: string, options?: ErrorOptions) =>
  new Failure('invalid_request', message, options)
