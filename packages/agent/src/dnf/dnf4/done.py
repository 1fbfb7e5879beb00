"""What is done, with its progress on file descriptor 3."""
import json
import os
import shutil
import signal
import sys
import time

import dnf
import dnf.callback
import dnf.exceptions
from packages import answer, comes, describe, fitting, is_remote, name_of, open_base
from past import history
from planned import open_for, solve
from refusal import refuse


def say(percent, message, failed=None):
    line = json.dumps({'percent': percent, 'message': message, 'failed_package': failed})
    os.write(3, line.encode() + b'\n')


class Fetching(dnf.callback.DownloadProgress):
    def start(self, total_files, total_size, total_drpms=0):
        self.total, self.done, self.said = max(1, total_size), {}, 0

    def progress(self, payload, done):
        self.done[str(payload)] = done
        if time.time() - self.said >= 0.5:
            self.said = time.time()
            say(100.0 * min(1, sum(self.done.values()) / self.total), 'Fetches %s' % payload)

    def end(self, payload, status, msg):
        if status in (dnf.callback.STATUS_FAILED, dnf.callback.STATUS_MIRROR):
            print('Error: %s: %s' % (payload, msg), file=sys.stderr)
        else:
            self.done[str(payload)] = payload.download_size


def download(asked):
    """Fetches what the transaction needs and checks who signed it. No key is accepted on anybody's behalf."""
    base = open_for(asked)
    solve(base, asked)
    get(base, comes(base))
    check_signatures(base, comes(base))
    say(100.0, 'Has all it needs')


def get(base, packages):
    base.conf.cacheonly = False
    base.download_packages([package for package in packages if is_remote(package)], Fetching())


def fetch(asked):
    """Fetches packages into a folder, for later. What no repository has is left out."""
    base = open_base()
    # Otherwise dnf notes what it fetched, and removes it after the next transaction, whoever runs that.
    base.conf.keepcache = True
    for repository in base.repos.iter_enabled():
        repository.pkgdir = asked['folder']
    found = sum((fitting(base, base.sack.query().available(), wanted)[:1] for wanted in asked['packages']), [])
    base.conf.cacheonly = False
    problem = ''
    try:
        base.download_packages(found)
    except dnf.exceptions.DownloadError as error:
        problem = str(error)
    kept = [package for package in found if keep(package, asked['folder'])]
    answer({'packages': [describe(package) for package in kept], 'problem': problem})


def keep(package, folder):
    """Under its full name, whatever its repository calls the file. What is on this host's own disk is never fetched."""
    file = package.localPkg()
    # What could not be fetched may leave a part of it behind.
    if not os.path.exists(file) or not package.verifyLocalPkg():
        return False
    parts = package.name, package.version, package.release, package.arch
    target = os.path.join(folder, '%s-%s-%s.%s.rpm' % parts)
    if os.path.dirname(file) == folder:
        os.rename(file, target)
    else:
        shutil.copyfile(file, target)
    return True


def check_signatures(base, packages):
    for package in packages:
        result, message = base.package_signature_check(package)
        if result == 0:
            continue
        keys = ', '.join(base.repos[package.reponame].gpgkey) if is_remote(package) else ''
        hint = (
            ' The repository %s names %s as its key: an administrator of this host has to accept it first, by'
            ' `rpm --import`.' % (package.reponame, keys)
            if result == 1
            else ''
        )
        refuse('%s.%s' % (message, hint))


class Working(dnf.callback.TransactionProgress):
    def __init__(self):
        super(Working, self).__init__()
        self.said, self.percent, self.failures = None, 0.0, 0

    WORDS = {
        dnf.callback.PKG_INSTALL: 'Installs %s',
        dnf.callback.PKG_UPGRADE: 'Upgrades to %s',
        dnf.callback.PKG_DOWNGRADE: 'Downgrades to %s',
        dnf.callback.PKG_REINSTALL: 'Installs %s again',
        dnf.callback.PKG_REMOVE: 'Removes %s',
        dnf.callback.PKG_CLEANUP: 'Cleans up %s',
        dnf.callback.PKG_UPGRADED: 'Cleans up %s',
        dnf.callback.PKG_DOWNGRADED: 'Cleans up %s',
        dnf.callback.PKG_REINSTALLED: 'Cleans up %s',
        dnf.callback.PKG_OBSOLETED: 'Cleans up %s',
        dnf.callback.PKG_SCRIPTLET: 'Runs a scriptlet of %s',
        dnf.callback.PKG_VERIFY: 'Looks at %s again',
    }

    def progress(self, package, action, ti_done, ti_total, ts_done, ts_total):
        if not package or not ts_total:
            return
        words = self.WORDS.get(action, 'Works on %s') % package
        part = ts_done - 1 + float(ti_done) / max(1, ti_total)
        self.percent = 100.0 if action == dnf.callback.PKG_VERIFY else 100.0 * part / ts_total
        if words != self.said:
            self.said = words
            say(self.percent, words)

    def scriptout(self, msgs):
        if msgs:
            sys.stdout.write(msgs if isinstance(msgs, str) else msgs.decode('utf-8', 'replace'))
            sys.stdout.flush()

    def error(self, message):
        # dnf names the package at the end: Error in POSTIN scriptlet in rpm package lab-fail
        self.failures += 1
        say(self.percent, message, message.rsplit(' ', 1)[-1])


def install(asked):
    """Runs the transaction with what was fetched before, and no network."""
    base = open_for(asked)
    solve(base, asked)
    # Checks that it is all there, and is what it should be.
    base.download_packages([package for package in comes(base) if is_remote(package)])
    check_signatures(base, comes(base))
    run(base)


def run(base):
    """rpm lets nobody stop it half-way, and neither do we: what asks us to is heard when all is done."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # A repository on this host's own disk has its packages in their place, and keeps them.
    cache = os.path.join(base.conf.cachedir, '')
    fetched = [package.localPkg() for package in comes(base) if package.localPkg().startswith(cache)]
    working = Working()
    base.do_transaction(working)
    for file in fetched:
        if os.path.exists(file):
            os.unlink(file)
    if working.failures:
        sys.exit(1)


def repair(asked):
    """
    Goes on to where an interrupted transaction was going: of two versions of one package the older one goes, and
    what may be half there, or has not been set up, is installed again where a repository has it.
    """
    base = open_for(asked)
    installed = base.sack.query().installed()
    past = history(os.path.join(base.conf.persistdir, 'history.sqlite'))
    again = {package for package in installed.run() if name_of(package) in past['failed'] + past['unfinished']}
    parallel = installed.filter(provides=base.conf.installonlypkgs)
    newest = {}
    for package in sorted(installed.duplicated().difference(parallel).run()):
        older = newest.get((package.name, package.arch))
        if older:
            base.package_remove(older)
            again.discard(older)
        newest[package.name, package.arch] = package
    for package in sorted(again.union(newest.values())):
        try:
            base.reinstall(str(package))
        except dnf.exceptions.PackagesNotAvailableError:
            print('%s cannot be installed again: no repository has it.' % package)
    base.resolve(allow_erasing=False)
    get(base, comes(base))
    check_signatures(base, comes(base))
    run(base)
