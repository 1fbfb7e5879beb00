import { basePath, type Input } from '@linux-patch/shared/contract'
import { Failure } from '@linux-patch/shared/failure'
import type { ManagerApi } from '@linux-patch/shared/manager-api'
import type { Oidc, SentSettings } from '@linux-patch/shared/settings'
import type { Discovered, SsoCheck, SsoTest } from '@linux-patch/shared/settings/sso-tests'
import type { Database } from '../../db/open.ts'
import { connect } from '../../oidc/connect.ts'
import { describe } from '../../oidc/inspect.ts'
import { sentenceOf } from '../../oidc/sentence.ts'
import { entryFor } from '../audit/audit.ts'
import type { ManagerCall } from '../caller.ts'
import { refuseUnprotected } from '../settings/rules.ts'
import type { SettingsService } from '../settings/settings.ts'
import { checkEndpoints, checkProvider } from './checks.ts'

type Deps = {
  database: Database
  settings: Pick<SettingsService, 'tried'>
  http_on_loopback: boolean
  /** Where Microsoft's providers are. */
  microsoft_url: string
  /** The manager's own address, as people know it. */
  url: () => string
  now: () => Date
}

export type SsoTests = ReturnType<typeof ssoTests>

/** Asks a provider what it says of itself, and whether signing in by it would work. Nothing of it is kept. */
export function ssoTests({ database, settings, http_on_loopback, microsoft_url, url, now }: Deps) {
  async function discover({ issuer }: Input<ManagerApi['discoverProvider']>): Promise<Discovered> {
    refuseUnprotected({ issuer, redirect_uri: null }, http_on_loopback)
    try {
      return describe(await connect({ issuer, client_id: 'discovery', client_secret: null }))
    } catch (cause) {
      throw new Failure('provider_unavailable', `${issuer}: ${sentenceOf(cause)}`, { cause })
    }
  }

  const test = ({ oidc }: Input<ManagerApi['testSso']>, call: ManagerCall) => tryOut(oidc, call)

  const testAzure = (
    { tenant_id, ...client }: Input<ManagerApi['testAzureSso']>,
    call: ManagerCall,
  ) => tryOut({ issuer: `${microsoft_url}/${tenant_id}/v2.0`, ...client }, call)

  async function tryOut(sent: SentSettings['oidc'], call: ManagerCall): Promise<SsoTest> {
    const oidc = await settings.tried('oidc', sent)
    const redirect_uri = oidc.redirect_uri ?? `${url()}${basePath}/auth/sso/callback`
    const checks = await checksOf(oidc, redirect_uri)
    const ok = checks.every(({ result }) => result !== 'failed')
    const { issuer, client_id } = oidc
    const results = Object.fromEntries(checks.map(({ name, result }) => [name, result]))
    await database.stores.audit.append(
      entryFor(call, now(), {
        action: 'sso_test',
        target_type: 'settings',
        target_id: null,
        outcome: ok ? 'success' : 'failure',
        details: { issuer, client_id, ...results },
      }),
    )
    return { ok, redirect_uri, checks }
  }

  return { discover, test, testAzure }
}

async function checksOf(
  { issuer, client_id, ...oidc }: Oidc,
  redirect_uri: string,
): Promise<SsoCheck[]> {
  if (issuer === null || client_id === null)
    throw new Failure('invalid_request', 'Not set yet: oidc.issuer or oidc.client_id.')
  const found = await connected({ issuer, client_id, ...oidc })
  if (typeof found === 'string') return [{ name: 'discovery', result: 'failed', message: found }]
  const message = 'The provider says where its parts are, and calls itself by the issuer.'
  const discovery: SsoCheck = { name: 'discovery', result: 'ok', message }
  const endpoints = checkEndpoints(found)
  if (endpoints.result === 'failed') return [discovery, endpoints]
  return [discovery, endpoints, ...(await checkProvider({ ...found, oidc, redirect_uri }))]
}

/** Or what is the matter with it. */
async function connected(asked: Parameters<typeof connect>[0]) {
  try {
    const provider = await connect(asked)
    return { provider, said: describe(provider) }
  } catch (error) {
    return sentenceOf(error)
  }
}
