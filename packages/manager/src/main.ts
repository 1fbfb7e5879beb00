#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '@linux-patch/shared/failure'
import { Command } from 'commander'
import { readConfig, type Config } from './config.ts'
import { openLog } from './log.ts'
import { auditKey, verifyAudit } from './start/audit.ts'
import { checkPlaces } from './start/check.ts'
import { authorityStatus, beginRollover, finishRollover, rotateMasterKey } from './start/keeping.ts'
import { open } from './start/open.ts'
import { askPassword } from './start/ask-password.ts'
import { createAdministrator, disableMfa, resetPassword, unlockName } from './start/rescuing.ts'
import { serveManager } from './start/serve.ts'
import { step } from './start/step.ts'

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
) as { version: string }

const checkout = resolve(import.meta.dirname, '../../..')
const isCheckout = existsSync(join(checkout, 'pnpm-workspace.yaml'))
const installed = {
  config: '/etc/linux_patch_manager/config.yaml',
  state: '/var/lib/linux_patch_manager',
}
const now = () => new Date()

type Options = { config?: string; state?: string }
type Making = { make?: boolean }
type Finishing = { finish?: boolean; force?: boolean }

function configure({ config, state }: Options): Config {
  const { LPM_CONFIG, LPM_STATE, LPM_DATABASE_URL, LPM_DATABASE_URL_FILE, LPM_MASTER_KEY_FILE } =
    process.env
  const home = isCheckout ? join(checkout, '.state/manager') : installed.state
  const named = config ?? LPM_CONFIG
  const usual = existsSync(installed.config) ? installed.config : null
  return readConfig({
    config_file: named ?? usual,
    state_folder: resolve(state ?? LPM_STATE ?? home),
    master_key_file: LPM_MASTER_KEY_FILE ?? null,
    database_url: LPM_DATABASE_URL ?? contentOf(LPM_DATABASE_URL_FILE),
  })
}

function contentOf(file: string | undefined): string | null {
  if (file === undefined) return null
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Failure('invalid_request', `LPM_DATABASE_URL_FILE: ${(cause as Error).message}`)
  }
}

const backUp =
  'Back up the database and the master key now, and keep them apart: who has both is the manager. ' +
  'Without the master key the authority is lost, and every host has to enrol again.'

async function serve(options: Options) {
  const config = configure(options)
  const log = openLog(config.log_level)
  const show = process.stdout.isTTY ? (line: string) => console.log(`\n${line}\n`) : null
  const opened = await open({ config, show, log, now })
  const page_folder = join(import.meta.dirname, '../dist/web')
  const { urls, stop } = await serveManager({ config, opened, page_folder, version, log, now })
  const { administrator, authority } = opened
  if (opened.is_first) {
    log.warn({ master_key: config.master_key_file, why: backUp }, 'keys made: back them up')
    show?.(backUp)
  }
  if (administrator) log.info({ password_in: administrator }, 'first administrator made: admin')
  log.info(
    { urls, ca_fingerprint: authority.fingerprint, state: config.state_folder },
    'manager listens',
  )

  const end = (signal: string) => {
    log.info({ signal }, 'manager stops')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'manager did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

const program = new Command('linux-patch-manager')
  .description('Patches a fleet of Linux hosts from one place')
  .version(version)
const command = (above: Command, name: string, description: string) =>
  above
    .command(name)
    .description(description)
    .option('--config <file>', 'the configuration, YAML')
    .option('--state <folder>', 'where the database and the master key are')
/** What it is about, and how to say what came of it. */
const keeping = (options: Options) => ({ config: configure(options), now })
/** A password that was made and reached nobody is no success; `console.log` would pass over it. */
const say = (lines: string[]) =>
  step(
    'It is done, but cannot be told',
    () =>
      new Promise<void>((resolve, reject) => {
        process.stdout.once('error', reject)
        process.stdout.write(`${lines.join('\n')}\n`, (error) =>
          error ? reject(error) : resolve(),
        )
      }),
  )

command(program, 'serve', 'listen for people and hosts').action(serve)
const keys = program.command('keys').description('the master key')
command(keys, 'rotate', 'seal all secrets under a new master key').action(
  async (options: Options) => say(await rotateMasterKey(keeping(options))),
)
const ca = program.command('ca').description('the certificate authority')
command(ca, 'status', 'its roots, and how far a rollover is').action(async (options: Options) =>
  say(await authorityStatus(keeping(options))),
)
command(ca, 'rollover', 'make a second root, and let it take the place of the first')
  .option('--finish', 'the second root takes the place of the first')
  .option('--force', 'also where hosts have no certificate of it yet')
  .action(async ({ finish = false, force = false, ...options }: Options & Finishing) =>
    say(
      finish
        ? await finishRollover(keeping(options), force)
        : await beginRollover(keeping(options)),
    ),
  )
const rescuing = (options: Options) => ({
  ...keeping(options),
  os_user: process.env.SUDO_USER ?? process.env.USER ?? `uid ${process.getuid?.()}`,
})
const passwordFrom = ({ make = false }: Making) => (make ? null : askPassword(process))
const MAKE = ['--make', 'make a password, and do not ask for one'] as const
command(program, 'create-admin', 'make an administrator')
  .argument('<name>', 'a user name that nobody has')
  .option(...MAKE)
  .action(async (name: string, options: Options & Making) =>
    say(await createAdministrator(rescuing(options), name, await passwordFrom(options))),
  )
command(program, 'reset-password', 'give somebody another password, and end all sessions')
  .argument('<name>', 'his user name')
  .option(...MAKE)
  .action(async (name: string, options: Options & Making) =>
    say(await resetPassword(rescuing(options), name, await passwordFrom(options))),
  )
command(program, 'unlock', 'let somebody sign in again who was locked out by wrong passwords')
  .argument('<name>', 'his user name')
  .action(async (name: string, options: Options) => say(await unlockName(rescuing(options), name)))
command(program, 'disable-mfa', 'take the second factor of somebody away who has lost it')
  .argument('<name>', 'his user name')
  .action(async (name: string, options: Options) => say(await disableMfa(rescuing(options), name)))
/** What the program ends with where it cannot do what it was told. */
let unable = 1
const audit = program.command('audit').description('what was done, on record')
command(
  audit,
  'verify',
  'say whether it is as it was written: exit 1 where it is not, and 2 where that cannot be said',
).action(async (options: Options) => {
  unable = 2
  const { valid, lines } = await verifyAudit(keeping(options))
  await say(lines)
  if (!valid) process.exitCode = 1
})
command(audit, 'key', 'print the public key that its checkpoints are signed with').action(
  async (options: Options) => say([await auditKey(keeping(options))]),
)
command(
  program,
  'check-config',
  'say whether the configuration is right and what it names can be used',
).action(async (options: Options) => {
  await checkPlaces(configure(options))
  await say(['The configuration is right.'])
})

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  console.error(error.message)
  process.exit(unable)
}
