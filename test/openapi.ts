import { agentApi } from '@linux-patch/shared/agent-api'
import { enrolledApi } from '@linux-patch/shared/enrolled-api'
import { envelope, FailedEnvelope, ManagerFailure } from '@linux-patch/shared/envelope'
import { managerApi } from '@linux-patch/shared/manager-api'
import { REFRESH_COOKIE } from '@linux-patch/manager/http/refresh-cookie'
import { ssoProblems } from '@linux-patch/shared/sso'
import { openapi } from '@linux-patch/shared/openapi'

/** The APIs as the documents in docs/api have them. */
export const documents = {
  agent: openapi(agentApi, {
    info: {
      title: 'Linux Patch Manager: agent',
      version: '1.0.0',
      description: 'Mutual TLS 1.3 on port 12443, for callers whose address the host lets in.',
    },
    servers: [{ url: 'https://{host}:12443', variables: { host: { default: 'localhost' } } }],
    securitySchemes: {
      certificate: {
        type: 'mutualTLS',
        description:
          "A certificate of the manager's authority that names a manager or an operator. Whoever has none gets no byte.",
      },
    },
    security: () => [{ certificate: [] }],
    descriptions: {},
    wrap: envelope,
    failure: FailedEnvelope,
    everywhere: [
      'INVALID_REQUEST',
      'AUTHZ_OPERATION_DENIED',
      'RATE_LIMIT_EXCEEDED',
      'SERVICE_UNHEALTHY',
    ],
  }),
  manager: openapi(managerApi, {
    info: {
      title: 'Linux Patch Manager: manager',
      version: '1.0.0',
      description: 'HTTPS on port 8443. Bearer tokens from POST /auth/login.',
    },
    servers: [{ url: 'https://{host}:8443', variables: { host: { default: 'localhost' } } }],
    securitySchemes: {
      session: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'The `access_token` of POST /api/v1/auth/login, good for 15 minutes.',
      },
      refresh_cookie: {
        type: 'apiKey',
        in: 'cookie',
        name: REFRESH_COOKIE,
        description: 'Set by a sign-in; trades itself for new tokens and opens nothing else.',
      },
    },
    security: (name, { access, optional_caller }) => {
      if (name === 'refresh') return [{ refresh_cookie: [] }, {}]
      if (name === 'logout') return [{ session: [] }, { refresh_cookie: [] }, {}]
      if (optional_caller) return [{ session: [] }, {}]
      return access === 'anyone' ? [] : [{ session: [] }]
    },
    descriptions: {
      beginSso:
        'Keeps a cookie in the browser, to which the whole sign-in is tied: it has to come back within ten minutes, in the same browser, once. 404 where single sign-on is off.',
      endSso:
        'Where the provider sends the browser back to. It goes on to the page: with `?handoff=`, a code that is good once, for 60 seconds and in this browser, or with `?sso_error=`, one of ' +
        `${Object.keys(ssoProblems)
          .map((code) => `\`${code}\``)
          .join(', ')}.`,
      exchangeHandoff:
        'Wants the cookie that the sign-in began with. Of many who ask at once one gets the tokens; whoever does not get them is answered 400 `invalid_handoff`, whatever the reason.',
      logout:
        'Where the session came by single sign-on, and the settings say that signing out ends the one at the provider as well, it answers 200 with the address at which a browser does that. It has ended here all the same.',
      backchannelLogout:
        'Takes a logout token of OpenID Connect Back-Channel Logout 1.0, which says all that is needed: there is no other sign-in to this. Whatever is wrong with it is answered 400, and told the log alone. Sessions of the subject, or the one of the `sid`, end at once; that there are none is no mistake.',
      createJob: [
        'What counts besides `host_ids` and `notes` depends on `kind`; what does not belong to it is refused.',
        '- `patch_apply` applies the named `patches`, or all that are available on each host where none is named, but leaves `exclude_packages` alone.',
        '- `install` installs `packages`, one or more, each in its `version` or else the newest.',
        '- `update` brings exactly one of `packages` to its `version` or else to the newest.',
        '- `remove` removes exactly one of `packages`, with its configuration files if `purge` is true, and is refused by a host where others need it.',
        '- `reboot` starts the hosts again; it has ended when they are back.',
      ].join('\n'),
    },
    wrap: (answer) => answer,
    failure: ManagerFailure,
    everywhere: ['invalid_request', 'unauthorized', 'forbidden_role', 'internal'],
  }),
  enrolled: openapi(enrolledApi, {
    info: {
      title: 'Linux Patch Manager: manager, for enrolled hosts',
      version: '1.0.0',
      description: 'Mutual TLS 1.3 on port 8444, for the agents of hosts that are enrolled.',
    },
    servers: [{ url: 'https://{host}:8444', variables: { host: { default: 'localhost' } } }],
    securitySchemes: {
      certificate: {
        type: 'mutualTLS',
        description:
          'The certificate that the manager gave the host, and that still counts. Whoever has none gets no byte of HTTP.',
      },
    },
    security: () => [{ certificate: [] }],
    descriptions: {},
    wrap: (answer) => answer,
    failure: ManagerFailure,
    everywhere: ['invalid_request', 'host_retired', 'internal'],
  }),
}

export const placeOfDocument = (name: string) =>
  new URL(`../docs/api/${name}.openapi.json`, import.meta.url)

export const textOf = (document: Record<string, unknown>) =>
  `${JSON.stringify(document, null, 2)}\n`
