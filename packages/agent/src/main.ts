#!/usr/bin/env node
import { Command, Option } from 'commander'
import { existsSync } from 'node:fs'
import { pino } from 'pino'
import { Failure } from '@linux-patch/shared/failure'
import { places, type Places } from './config-places.ts'
import { version } from './config.ts'
import { settings } from './services/settings.ts'
import { run } from './run.ts'
import {
  codeIn,
  readAddress,
  readCode,
  readFolder,
  readPin,
  readSeconds,
  readUrl,
} from './start/arguments.ts'
import { verify } from './start/audit.ts'
import { findPackageManager } from './start/package-manager.ts'
import { refuse, serve } from './start/serve.ts'
import { status } from './start/status.ts'
import { RETIRED_EXIT } from './start/upkeep.ts'

/** For a script that has to know how it ended. */
const exitCodes: Record<string, number> = {
  enrollment_denied: 3,
  enrollment_expired: 4,
  host_retired: RETIRED_EXIT,
}

type Enroll = {
  manager: URL
  caFingerprint: string
  address?: string
  fqdn?: string
  joinCode?: string
  joinCodeFile?: string
  yes: boolean
  interval: number
}

const silent = pino({ enabled: false })

const program = new Command('linux-patch-agent')
  .description('Offers the package updates of this host to its manager')
  .version(version)
  .option('--root <folder>', 'the folder that etc and var are in', readFolder, '/')
const here = () => places(program.opts<{ root: string }>().root)

program
  .command('serve')
  .description('answer the manager; while the host is not enrolled, wait until it is')
  .action(() => serve(here()))

program
  .command('enroll')
  .description('ask a manager for a place among its hosts, and wait for the decision')
  .requiredOption('--manager <url>', 'https://name:8443', readUrl)
  .requiredOption('--ca-fingerprint <sha256:…>', "of the manager's root certificate", readPin)
  .option('--address <ip>', 'where the manager shall call this host', readAddress)
  .option('--fqdn <name>', 'the full name of this host')
  .addOption(
    new Option('--join-code <code>', 'made by an administrator; `ps` shows it to everybody')
      .env('LPM_JOIN_CODE')
      .argParser(readCode),
  )
  .addOption(
    new Option('--join-code-file <file>', 'where the join code stands')
      .env('LPM_JOIN_CODE_FILE')
      .conflicts('joinCode'),
  )
  .option('--interval <seconds>', 'between two questions to the manager', readSeconds, 5)
  .option('--yes', 'enrol anew a host that is enrolled already', false)
  .action((options: Enroll) => enrollHere(here(), options))

program
  .command('renew')
  .description(
    'get another certificate for this host now; a running agent does it by itself in time',
  )
  .action(() => renewHere(here()))

program
  .command('check-config')
  .description('say whether the settings can be read, and end with 1 where they cannot')
  .action(() => checkConfig(here()))

program
  .command('status')
  .description('say how this host is: what runs, what waits, what is pending')
  .action(() => showStatus(here()))

program
  .command('audit')
  .description('the log of who did what here')
  .command('verify')
  .description('follow its chain, and end with 1 at the first line that does not belong to it')
  .option('--file <path>', 'one file by itself, such as a copy')
  .action(({ file }: { file?: string }) => verifyLog(here(), file))

try {
  await program.parseAsync()
} catch (error) {
  // A person reads this line: the way it came is of use only where it is a mistake of ours.
  console.error(error instanceof Failure ? error.message : error)
  process.exit(exitCodes[error instanceof Failure ? error.code : ''] ?? 1)
}

async function enrollHere(where: Places, options: Enroll) {
  const current = readSettings(where)
  refuse([current.config.problem()])
  // What it brings along is large, and a host that is enrolled never needs it.
  const { enroll } = await import('./services/enrollment.ts')
  const { manager, host_id } = await enroll(
    {
      manager: options.manager,
      ca_fingerprint: options.caFingerprint,
      address: options.address,
      fqdn: options.fqdn,
      agent_port: current.config.value().listen.port,
      join_code: options.joinCode ?? codeIn(options.joinCodeFile),
      again: options.yes,
      interval_seconds: options.interval,
    },
    {
      places: where,
      say: console.log,
      now: () => new Date(),
      signal: new AbortController().signal,
    },
  )
  console.log(`Enrolled as urn:lpm:host:${host_id} with ${manager.identity}.`)
}

async function renewHere(where: Places) {
  const { renew } = await import('./services/renewal.ts')
  const { validTo } = await renew({ places: where, now: () => new Date(), say: console.error })
  console.log(`Renewed: the certificate holds until ${validTo}.`)
}

async function showStatus(where: Places) {
  const current = readSettings(where)
  const { package_manager } = current.config.value()
  const packageManager = findPackageManager(where, package_manager, { run, log: silent })
  console.log(await status({ settings: current, packageManager, run, places: where }))
}

function verifyLog(where: Places, file?: string) {
  const { text, isWhole } = verify(where, file)
  console.log(text)
  if (!isWhole) process.exitCode = 1
}

function checkConfig(where: Places) {
  const current = readSettings(where)
  const whitelist = current.whitelist.problem()
  refuse([current.config.problem(), existsSync(where.whitelist) ? whitelist : null])
  console.log(whitelist ?? 'The settings are right.')
}

function readSettings(where: Places) {
  const current = settings({
    places: where,
    resolve: async () => [],
    log: silent,
  })
  current.read()
  return current
}
