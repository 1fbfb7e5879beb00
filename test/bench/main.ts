import { cpus, loadavg, release } from 'node:os'
import { skipWithout } from '../needs.ts'
import { audit } from './audit.ts'
import { certificates } from './certificates.ts'
import { dnf } from './dnf.ts'
import { enroll } from './enroll.ts'
import { health } from './health.ts'
import { idle } from './idle.ts'
import { job } from './job.ts'
import { describe, openOrdinaryHost, type OrdinaryHost } from './ordinary-host.ts'
import { packages } from './packages.ts'
import { patches } from './patches.ts'
import { signIn } from './sign-in.ts'
import { start } from './start.ts'
import { figureTable, rowsOf, type Report } from './table.ts'

/** Those that share one ordinary host, and those that open a host of another kind. */
const ordinaries: Record<string, (ordinary: OrdinaryHost) => Promise<Report>> = {
  packages,
  patches,
  start,
  idle,
  health,
  job,
}
const others: Record<string, () => Promise<Report>> = {
  dnf,
  certificates,
  enroll,
  audit,
  'sign-in': signIn,
}
/** Those that need no lab. */
const light = ['certificates', 'enroll', 'audit', 'sign-in']
const benches = { ...ordinaries, ...others }

const USAGE = `npm run bench [-- <name> ...]

Measures what the README says of speed. Names: ${Object.keys(benches).join(', ')}; all without one.`

const machine = () =>
  [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`,
    `Linux ${release()}`,
    `Node.js ${process.versions.node}`,
    `load ${loadavg()[0]?.toFixed(1)}`,
  ].join(', ')

async function main(names: string[]) {
  const chosen = names.length > 0 ? names : Object.keys(benches)
  if (!chosen.every((name) => name in benches)) return complain(USAGE)
  const lack =
    skipWithout('openssl') ||
    (chosen.some((name) => !light.includes(name)) && skipWithout('lab')) ||
    (chosen.includes('dnf') && skipWithout('dnf'))
  if (lack)
    return console.log(`Left out: ${chosen.join(', ')}. Most of them boot real hosts, and ${lack}.`)

  const rows: string[][] = []
  const notes = [`On ${machine()}.`]
  const note = (name: string, report: Report) => {
    rows.push(...rowsOf(name, report))
    notes.push(...report.notes)
  }
  for (const [name, bench] of Object.entries(others).filter(([name]) => chosen.includes(name)))
    note(name, await begun(name, bench))
  const shared = Object.entries(ordinaries).filter(([name]) => chosen.includes(name))
  if (shared.length > 0) {
    await using ordinary = await openOrdinaryHost()
    notes.push(await describe(ordinary))
    for (const [name, bench] of shared) note(name, await begun(name, () => bench(ordinary)))
  }
  console.log(['', figureTable(rows), '', ...notes].join('\n'))
  console.error(`\nTook ${(performance.now() / 1000).toFixed(0)} seconds.`)
}

function begun(name: string, bench: () => Promise<Report>): Promise<Report> {
  console.error(name)
  return bench()
}

function complain(sentence: string) {
  console.error(sentence)
  process.exitCode = 1
}

await main(process.argv.slice(2))
