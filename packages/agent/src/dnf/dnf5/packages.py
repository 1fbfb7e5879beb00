"""Packages, as dnf finds them and as they are told."""
import json
import sys

import libdnf5.base
import libdnf5.repo
import libdnf5.rpm
from keys import refuse_keys
from lock import take_lock
from refusal import refuse

# A 32-bit library on a host of 64 bits; its name carries the architecture.
FOREIGN = {'x86_64': ('i386', 'i486', 'i586', 'i686', 'athlon')}


def open_base(available=True, best=True, excludes=True, alone=False):
    """A base as the command line has it, that reads what was fetched before; over the network come only packages."""
    base = libdnf5.base.Base()
    base.load_config()
    if alone:
        take_lock(base)
    conf = base.get_config()
    conf.cacheonly = 'metadata'
    conf.best = best
    # What is asked for comes, or it is said why not.
    conf.skip_broken = False
    conf.skip_unavailable = False
    # Only what was asked for goes. What nobody needs any more is for an administrator to judge.
    conf.clean_requirements_on_remove = False
    # dnf would throw away what was fetched for the next transaction too.
    conf.keepcache = True
    if not excludes:
        conf.disable_excludes = ['*']
    base.setup()
    repositories = base.get_repo_sack()
    if available:
        repositories.create_repos_from_system_configuration()
        refuse_keys(base)
        repositories.load_repos()
    else:
        repositories.load_repos(libdnf5.repo.Repo.Type_SYSTEM)
    if not excludes:
        base.get_rpm_package_sack().clear_versionlock_excludes()
    return base


def answer(value):
    # On a line of its own, whatever a plugin of the host has printed.
    sys.stdout.write('\n' + json.dumps(value) + '\n')


def describe(package):
    return {
        'name': package.get_name(),
        'arch': package.get_arch(),
        'version': package.get_evr(),
        'repository': package.get_repo_id(),
    }


def installed_of(base, names=None):
    query = libdnf5.rpm.PackageQuery(base)
    query.filter_installed()
    if names is not None:
        query.filter_name(names)
    return query


def available_of(base, names=None):
    query = libdnf5.rpm.PackageQuery(base)
    query.filter_available()
    if names is not None:
        query.filter_name(names)
    return query


def names_in(query):
    """As dnf writes them: `vim-2:8.2.2637-20.el9.x86_64`."""
    return {package.get_nevra() for package in query}


def fitting(base, query, wanted):
    """What has this name and version. Without an architecture it is the host's own, or none."""
    query.filter_name([wanted['name']])
    query.filter_evr([wanted['version']])
    arch = wanted['arch']
    return [package for package in query if (package.get_arch() == arch if arch else not is_foreign(base, package))]


def is_foreign(base, package):
    return package.get_arch() in FOREIGN.get(base.get_vars().get_value('basearch'), ())


def called(base, name):
    """The installed package of this name, as the API has it: `kernel`, `glibc:i686`, or an older `kernel-5.14.0-1`."""
    name, _, arch = name.partition(':')
    named = installed_of(base, [name])
    named.filter_latest_evr()
    full = [
        package
        for package in installed_of(base)
        if name == '%s-%s-%s' % (package.get_name(), package.get_version(), package.get_release())
    ]
    for package in list(named) + full:
        if package.get_arch() == arch if arch else not is_foreign(base, package):
            return package
    return refuse('%s is not installed.' % name)
