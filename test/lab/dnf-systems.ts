/** What a Debian is given to be a host that lives by dnf. */
export type DnfSystem = {
  packages: string[]
  /** A Debian that the packages come from, where the one below does not have them yet. */
  from?: string
  files: Record<string, string>
  /** What `dnf` is a link to, where no package brings it. */
  dnf?: string
}

const release = (lines: Record<string, string>) =>
  Object.entries(lines)
    .map(([key, value]) => `${key}="${value}"\n`)
    .join('')

/** What makes a Debian with dnf in it look like a host that has nothing else. */
const common = {
  // Debian switches this one on; the repository that it makes cannot be checked, and breaks the rest.
  'etc/dnf/plugins/local.conf': '[main]\nenabled = false\n',
  'etc/dnf/dnf.conf': [
    '[main]',
    'gpgcheck=1',
    'installonly_limit=3',
    'clean_requirements_on_remove=True',
    'best=True',
    'skip_if_unavailable=False',
    '',
  ].join('\n'),
}

export const dnf4: DnfSystem = {
  packages: ['dnf', 'rpm', 'dnf-plugins-core'],
  files: {
    ...common,
    // By itself, Debian's rpm keeps a database in the home of whoever calls it.
    'etc/rpm/macros': '%_dbpath /var/lib/rpm\n',
    'etc/dnf/vars/releasever': '9\n',
    'etc/os-release': release({
      NAME: 'Rocky Linux',
      VERSION: '9.4 (Blue Onyx)',
      ID: 'rocky',
      ID_LIKE: 'rhel centos fedora',
      VERSION_ID: '9.4',
      PLATFORM_ID: 'platform:el9',
      PRETTY_NAME: 'Rocky Linux 9.4 (Blue Onyx)',
    }),
  },
}

export const dnf5: DnfSystem = {
  packages: ['dnf5', 'python3-libdnf5', 'rpm'],
  from: 'forky',
  files: {
    ...common,
    // The same again: Debian's makes a repository of all that it installs.
    'etc/dnf/libdnf5-plugins/local.conf': '[main]\nname = local\nenabled = false\n',
    'etc/rpm/macros': '%_dbpath /usr/lib/sysimage/rpm\n',
    'etc/dnf/vars/releasever': '42\n',
    'etc/os-release': release({
      NAME: 'Fedora Linux',
      VERSION: '42 (Forty Two)',
      ID: 'fedora',
      VERSION_ID: '42',
      PLATFORM_ID: 'platform:f42',
      PRETTY_NAME: 'Fedora Linux 42 (Forty Two)',
    }),
  },
  dnf: 'dnf5',
}
