import {
  builtInRoles,
  isDangerous,
  isEverywhere,
  isForTokens,
  permissions,
  type Permission,
  type RoleRights,
} from '@linux-patch/shared/permissions'

const roles = Object.entries<RoleRights>(builtInRoles)

/** What a group can tell apart. */
const isOfHosts = (permission: Permission) => /^(host|group|cert|job):/.test(permission)

const marks = (permission: Permission) => [
  ...roles.map(([, role]) =>
    role.permissions.includes(permission)
      ? role.scoped && isOfHosts(permission)
        ? 'own groups'
        : 'yes'
      : '',
  ),
  isForTokens(permission) ? 'yes' : '',
  isDangerous(permission) ? 'yes' : '',
  isEverywhere(permission) ? 'yes' : '',
]

const rows = [
  ['permission', ...roles.map(([name]) => name), 'API token', 'dangerous', 'all hosts only'],
  ...permissions.map((permission) => [`\`${permission}\``, ...marks(permission)]),
]

/** Who may do what, as docs/rights.md has it. */
export const rightsPage = `# Rights

What the manager lets people do. Every call of its API names one of these permissions in \`x-access\` of
[its document](api/manager.openapi.json), and some need another one by what is asked for. The roles here are there always; others
can be made of the same permissions. This page is written from the registry by \`npm run openapi\`.

- **own groups**: on the hosts of the groups that somebody takes care of, and on those of no group. What is about other hosts, jobs on
  them and certificates of them included, is not found, is in no list and in no number. Of a job that is also on other hosts his own
  part is shown, with how the job stands as a whole; only who sees all of its hosts can cancel it or take it back.
- **API token**: a token may have it, if whoever makes the token has it.
- **dangerous**: asks for a password or a code that was given a short while ago.
- **all hosts only**: reaches past every group, and so is refused to whoever does not see all hosts, whatever his role says.

${tableOf(rows)}
`

function tableOf(rows: string[][]) {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const [head = [], ...rest] = rows.map(line)
  return [head, line(widths.map((width) => '-'.repeat(width))), ...rest].join('\n')
}

export const placeOfRights = new URL('../docs/rights.md', import.meta.url)
