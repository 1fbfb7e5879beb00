import type { Host } from '../lab/host.ts'
import type { Administrator } from './administrator.ts'

const AWAKE = 'echo 0 >/etc/lab-sleep'

/** Somebody at a host who knows dnf and rpm. */
export const dnfAdministrator = (host: Host): Administrator => {
  const dnf = (words: string) => host.sh(`${AWAKE}; dnf -q -y ${words}`)
  /** Asks dnf's record of its transactions. */
  const count = async (where: string) => Number(await host.sh(`python3 -c "${COUNT}" "${where}"`))
  return {
    kind: 'dnf',
    refresh: () => host.sh('dnf -q --refresh makecache'),
    install: (...packages) => dnf(`install ${spell(packages)}`),
    installing: (wanted) => `dnf -y install ${spell([wanted])}`,
    reinstalling: (name) => `dnf -y reinstall ${name}`,
    remove: (...names) => dnf(`remove --noautoremove ${names.join(' ')}`),
    putBack: (...exact) => dnf(`downgrade ${spell(exact)}`),
    hold: (name) => host.sh(`dnf -q versionlock add ${name}`),
    markAutomatic: (...names) => host.sh(`dnf -q mark remove ${names.join(' ')}`),
    async isAutomatic(name) {
      const wanted = await host.sh("dnf -q -C repoquery --userinstalled --qf '%{name}\\n'")
      return !wanted.split('\n').includes(name)
    },
    keptOf: (path) => `${path}.rpmsave`,
    clean: () => host.sh('dnf -q clean packages'),
    async says(name) {
      const argv = ['rpm', '-q', '--qf', 'ii %{EVR}\n', name.replace(':', '.')]
      const { exitCode, stdout } = await host.exec(argv)
      return exitCode === 0 ? stdout : ''
    },
    state: () =>
      host.sh("rpm -qa | sort; dnf -q -C repoquery --userinstalled --qf '%{name}\\n' | sort -u"),
    async audit() {
      const { exitCode, stdout, stderr } = await host.exec(['dnf', '-q', '-C', 'check'])
      return exitCode === 0 ? stdout : `${stdout}${stderr}`
    },
    bytesOf: async (name) =>
      Number(await host.sh(`find /var/cache/dnf -name '${name}-*.rpm*' -exec cat {} + | wc -c`)),
    isDownloading: async () => (await host.exec(['pgrep', '-f', 'dnf4 download'])).exitCode === 0,
    runsOf: (job_id) => count(`comment LIKE '%${job_id}%'`),
    updatesOf: (name) =>
      count(
        `id IN (SELECT trans_id FROM trans_item JOIN rpm USING (item_id) WHERE action = 6 AND name = '${name}')`,
      ),
  }
}

/** `lab-held=1:1.0-1` is for dnf `lab-held-1:1.0-1`. */
const spell = (packages: string[]) => packages.map((one) => one.replace('=', '-')).join(' ')

const COUNT = [
  'import sqlite3, sys',
  "base = sqlite3.connect('file:/var/lib/dnf/history.sqlite?mode=ro', uri=True)",
  "print(base.execute('SELECT count(*) FROM trans WHERE ' + sys.argv[1]).fetchone()[0])",
].join('; ')
