"""What would change."""
import os

import dnf
import dnf.exceptions
from packages import answer, called, comes, describe, find_installed, fitting, goes, open_base, version_of
from refusal import Refused, refuse


def open_for(asked):
    base = open_base()
    # What `dnf history` shows of the transaction.
    base.conf.comment = asked['comment']
    base.conf.install_weak_deps = asked['weak']
    # dnf would throw away what was fetched for the next transaction too.
    base.conf.keepcache = True
    return base


def solve(base, asked):
    """Works out the transaction, exactly as it is asked for, or refuses it in dnf's own words."""
    files = base.add_remote_rpms(asked['files'])
    if asked['exclude']:
        base.sack.add_excludes(base.sack.query().available().filter(name=asked['exclude']))
    for package in files:
        base.package_install(package)
    for wanted in asked['install']:
        take(base, wanted, asked['again'])
    for name in asked['remove']:
        base.package_remove(called(base, name))
    base.resolve(allow_erasing=asked['erase'])
    brought = {(package.name, version_of(package)) for package in comes(base)}
    for wanted in asked['install']:
        if (wanted['name'], wanted['version']) not in brought and (asked['again'] or not find_installed(base, wanted)):
            refuse('dnf would not install %(name)s-%(version)s, and gives no reason.' % wanted)


def take(base, wanted, again):
    found = fitting(base, base.sack.query().available(), wanted)
    is_there = find_installed(base, wanted)
    if not found and not (is_there and not again):
        refuse('No repository offers %(name)s-%(version)s.' % wanted)
    if not is_there:
        for package in found[:1] + siblings(base, found[0]):
            base.package_install(package)
    elif again:
        base.reinstall(str(is_there[0]))


def siblings(base, package):
    """The same version for the other architectures that the host has it for: what they share is one file."""
    installed = base.sack.query().installed().filter(name=package.name, arch__neq=['noarch', package.arch])
    if package.arch == 'noarch' or installed.filter(provides=base.conf.installonlypkgs):
        return []
    archs = [one.arch for one in installed.run() if one.evr != package.evr]
    return base.sack.query().available().filter(name=package.name, evr=package.evr, arch=archs).run()


def plan(asked):
    base = open_for(asked)
    solve(base, asked)
    answer({
        'install': [
            dict(
                describe(package),
                download_bytes=package.downloadsize,
                installed_bytes=package.installsize,
                is_here=os.path.exists(package.localPkg()),
            )
            for package in comes(base)
        ],
        'remove': [dict(describe(package), installed_bytes=package.installsize) for package in goes(base)],
    })


def ties(asked):
    """For each package that is wanted, all that would come along if it were wanted alone; null where it cannot be."""
    base = open_for(asked)
    answer([alone(base, dict(asked, install=[wanted])) for wanted in asked['install']])


def alone(base, asked):
    base.reset(goal=True)
    try:
        solve(base, asked)
    except (Refused, dnf.exceptions.Error):
        return None
    return [package.name for package in comes(base)]
