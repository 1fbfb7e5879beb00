"""Packages, as dnf finds them and as they are told."""
import json
import sys

import dnf
import hawkey
from refusal import refuse

# A 32-bit library on a host of 64 bits; its name carries the architecture.
FOREIGN = {'x86_64': ('i386', 'i486', 'i586', 'i686', 'athlon')}


def open_base(available=True, best=True):
    """A base as the command line has it, with its plugins, that reads what was fetched before and no network."""
    base = dnf.Base()
    base.conf.read()
    base.conf.cacheonly = True
    base.conf.exit_on_lock = True
    base.conf.best = best
    # Only what was asked for goes. What nobody needs any more is for an administrator to judge.
    base.conf.clean_requirements_on_remove = False
    # This one only prints for people, and cannot without a command line.
    base.init_plugins(disabled_glob=['show-leaves', 'show_leaves'])
    base.pre_configure_plugins()
    base.read_all_repos()
    base.configure_plugins()
    base.fill_sack(load_available_repos=available)
    return base


def answer(value):
    # On a line of its own, whatever a plugin of the host has printed.
    sys.stdout.write('\n' + json.dumps(value) + '\n')


def describe(package):
    return {
        'name': package.name,
        'arch': package.arch,
        'version': version_of(package),
        'repository': package.reponame,
    }


def version_of(package):
    return package.evr[2:] if package.evr.startswith('0:') else package.evr


def name_of(package):
    return '%s-%s.%s' % (package.name, version_of(package), package.arch)


def find_installed(base, wanted):
    return fitting(base, base.sack.query().installed(), wanted)


def fitting(base, query, wanted):
    """What has this name and version. Without an architecture it is the host's own, or none."""
    foreign = FOREIGN.get(base.conf.substitutions['basearch'], ())
    found = query.filter(name=wanted['name'], evr=wanted['version']).run()
    arch = wanted['arch']
    return [package for package in found if (package.arch == arch if arch else package.arch not in foreign)]


def called(base, name):
    """The installed package of this name, as the API has it: `kernel`, `glibc:i686`, or an older `kernel-5.14.0-1`."""
    name, _, arch = name.partition(':')
    foreign = FOREIGN.get(base.conf.substitutions['basearch'], ())
    found = [
        package
        for package in sorted(base.sack.query().installed().run(), reverse=True)
        if name in (package.name, '%s-%s-%s' % (package.name, package.version, package.release))
        and (package.arch == arch if arch else package.arch not in foreign)
    ]
    if not found:
        refuse('%s is not installed.' % name)
    return found[0]


def comes(base):
    return sorted(base.transaction.install_set) if base.transaction else []


def goes(base):
    return sorted(base.transaction.remove_set) if base.transaction else []


def is_remote(package):
    return package.reponame != hawkey.CMDLINE_REPO_NAME
