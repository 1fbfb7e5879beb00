import type { Host } from '../lab/host.ts'
import type { Administrator } from './administrator.ts'

const PARTIAL = '/var/cache/apt/archives/partial'
const HISTORY = '/var/log/apt/history.log'
const AWAKE = 'echo 0 >/etc/lab-sleep'

/** Somebody at a host who knows apt and dpkg. */
export const aptAdministrator = (host: Host): Administrator => {
  const count = async (pattern: string) =>
    Number(await host.sh(`grep -c '${pattern}' ${HISTORY} || true`))
  const apt = (words: string) => host.sh(`${AWAKE}; apt-get -qq -y ${words}`)
  return {
    kind: 'apt',
    refresh: () => host.aptUpdate(),
    install: (...packages) => apt(`install ${packages.join(' ')}`),
    installing: (wanted) => `apt-get install -y ${wanted}`,
    reinstalling: (name) => `apt-get install -y --reinstall ${name}`,
    remove: (...names) => apt(`remove ${names.join(' ')}`),
    // apt takes its cache for good by the second in which the database was written.
    putBack: (...exact) =>
      host.sh('sleep 1.1').then(() => apt(`install --allow-downgrades ${exact.join(' ')}`)),
    hold: (name) => host.sh(`apt-mark hold ${name}`),
    markAutomatic: (...names) => host.sh(`apt-mark auto ${names.join(' ')}`),
    isAutomatic: async (name) => (await host.sh(`apt-mark showauto ${name}`)) !== '',
    keptOf: (path) => path,
    clean: () => host.sh('apt-get clean'),
    async says(name) {
      const format = '-f=${db:Status-Abbrev}${Version}'
      const { stdout } = await host.exec(['dpkg-query', '-W', format, name])
      return stdout.replace(/\s+/, ' ')
    },
    state: () =>
      host.sh(
        "dpkg-query -W -f='${binary:Package} ${db:Status-Abbrev} ${Version}\\n'; apt-mark showauto",
      ),
    audit: () => host.sh('dpkg --audit; ls /var/lib/dpkg/updates'),
    bytesOf: async (name) => Number(await host.sh(`cat ${PARTIAL}/${name}_* 2>/dev/null | wc -c`)),
    isDownloading: async () => (await host.exec(['pgrep', 'apt-get'])).exitCode === 0,
    runsOf: (job_id) => count(`no-download.*Job=${job_id}\\|Job=${job_id}.*no-download`),
    updatesOf: (name) => count(`^Upgrade:.* ${name}:`),
  }
}
