import { cpus, loadavg, release } from 'node:os'
import { skipWithout } from '../needs.ts'
import { health } from './health.ts'
import { idle } from './idle.ts'
import { job } from './job.ts'
import { describe, openOrdinaryHost, type OrdinaryHost } from './ordinary-host.ts'
import { packages } from './packages.ts'
import { patches } from './patches.ts'
import { start } from './start.ts'
import { figureTable, rowsOf, type Report } from './table.ts'

const benches: Record<string, (ordinary: OrdinaryHost) => Promise<Report>> = {
  packages,
  patches,
  start,
  idle,
  health,
  job,
}

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
  const lack = skipWithout('lab')
  if (lack) return console.log(`Left out: ${chosen.join(', ')}. They boot real hosts, and ${lack}.`)

  await using ordinary = await openOrdinaryHost()
  const notes = [`On ${machine()}. ${await describe(ordinary)}`]
  const rows: string[][] = []
  for (const name of chosen) {
    console.error(name)
    const report = await benches[name]?.(ordinary)
    if (!report) continue
    rows.push(...rowsOf(name, report))
    notes.push(...report.notes)
  }
  console.log(['', figureTable(rows), '', ...notes].join('\n'))
  console.error(`\nTook ${(performance.now() / 1000).toFixed(0)} seconds.`)
}

function complain(sentence: string) {
  console.error(sentence)
  process.exitCode = 1
}

await main(process.argv.slice(2))
