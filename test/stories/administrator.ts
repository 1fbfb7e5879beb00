import type { Host } from '../lab/host.ts'

/** What somebody at a host does and sees there with its own package manager, not by way of the agent. */
export type Administrator = {
  refresh: () => Promise<string>
  /** `lab-hello=1.0-1`, or a name alone for the newest. */
  install: (...packages: string[]) => Promise<string>
  /** Puts packages back to earlier versions, in a second of its own. */
  putBack: (...exact: string[]) => Promise<string>
  /** `ii 1.1-1`: how a package is, and its version; empty or beginning with `un` where it is not there. */
  says: (name: string) => Promise<string>
  /** Every package with its state and version, and what is marked as installed for others. */
  state: () => Promise<string>
  /** What is wrong with the package database: nothing, after every job. */
  audit: () => Promise<string>
}

export const administrators = {
  apt: (host: Host): Administrator => ({
    refresh: () => host.aptUpdate(),
    install: (...packages) =>
      host.sh(`echo 0 >/etc/lab-sleep; apt-get install -qq -y ${packages.join(' ')}`),
    putBack: (...exact) =>
      host.sh(
        `sleep 1.1; echo 0 >/etc/lab-sleep; apt-get install -qq -y --allow-downgrades ${exact.join(' ')}`,
      ),
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
  }),

  dnf: (host: Host): Administrator => {
    const spell = (packages: string[]) => packages.map((one) => one.replace('=', '-')).join(' ')
    return {
      refresh: () => host.sh('dnf -q --refresh makecache'),
      install: (...packages) =>
        host.sh(`echo 0 >/etc/lab-sleep; dnf -q -y install ${spell(packages)}`),
      putBack: (...exact) =>
        host.sh(`sleep 1.1; echo 0 >/etc/lab-sleep; dnf -q -y downgrade ${spell(exact)}`),
      async says(name) {
        const { exitCode, stdout } = await host.exec(['rpm', '-q', '--qf', 'ii %{EVR}\n', name])
        return exitCode === 0 ? stdout : ''
      },
      state: () =>
        host.sh("rpm -qa | sort; dnf -q -C repoquery --userinstalled --qf '%{name}\\n' | sort -u"),
      audit: async () => {
        const { stdout } = await host.exec(['dnf', '-q', '-C', 'check'])
        return stdout
      },
    }
  },
} as const
