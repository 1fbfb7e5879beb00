import { chmod, copyFile, cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CHECKOUT } from './places.ts'

/** Where the agent's package has its files; `node` is shown there from this machine, read-only. */
const PROGRAM = '/usr/lib/linux-patch-agent'
const UNIT = 'linux-patch-agent.service'

export const shownToHosts = { [process.execPath]: `${PROGRAM}/node` }

type Shell = (script: string) => Promise<string>

/** Copies the files through the host's root as this machine sees it, which is faster than from inside. */
export async function installAgent(root: string, folder: string, sh: Shell) {
  const program = join(root, PROGRAM)
  await mkdir(program, { recursive: true })
  await cp(folder, program, { recursive: true })

  const command = join(root, 'usr/bin/linux-patch-agent')
  await copyFile(join(folder, 'linux-patch-agent'), command)
  await chmod(command, 0o755)
  const unit = join(CHECKOUT, 'deploy/systemd', UNIT)
  await copyFile(unit, join(root, 'usr/lib/systemd/system', UNIT))
  await sh(`systemctl daemon-reload && systemctl enable --quiet ${UNIT}`)
}
