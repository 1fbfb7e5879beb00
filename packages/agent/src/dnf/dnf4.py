"""Speaks with dnf 4 in its own language, for what its command line prints only for people.

    dnf4.py known | state | offers | ties | plan | fetch | download | install | repair  JSON

Answers are one line of JSON on standard output; progress goes to file descriptor 3. Whatever is refused is told on
standard error, with the exit code below. Only what dnf documents as its API is used, but for the history, which has
none for what a scriptlet said. It runs on Python 3.6 and later.
"""
import json
import os
import re
import signal
import sqlite3
import sys
import time

import dnf
import dnf.callback
import dnf.exceptions
import dnf.lock
import hawkey

REFUSED, NO_LISTS, LOCKED = 3, 4, 5
CHANGES = ('download', 'install', 'repair')
# A 32-bit library on a host of 64 bits; its name carries the architecture.
FOREIGN = {'x86_64': ('i386', 'i486', 'i586', 'i686', 'athlon')}


def main(mode, asked):
    return {
        'known': known,
        'state': state,
        'offers': offers,
        'ties': ties,
        'plan': plan,
        'fetch': fetch,
        'download': download,
        'install': install,
        'repair': repair,
    }[mode](asked)


def answer(value):
    json.dump(value, sys.stdout)
    sys.stdout.write('\n')


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


# ---------------------------------------------------------------------- what there is


def describe(package):
    return {
        'name': package.name,
        'arch': package.arch,
        'version': version_of(package),
        'repository': package.reponame,
    }


def version_of(package):
    return package.evr[2:] if package.evr.startswith('0:') else package.evr


def known(_asked):
    """What could be updated, what dnf would not take, and why not; and where the advisories are."""
    try:
        base = open_base(best=False)
    except dnf.exceptions.RepoError:
        return answer({'updates': [], 'problem': '', 'repositories': []})
    query = base.sack.query(flags=hawkey.IGNORE_REGULAR_EXCLUDES).available()
    newest = query.filter(upgrades=True, latest_per_arch=True).run()
    allowed = set(map(str, base.sack.query().available().filter(upgrades=True).run()))
    base.upgrade_all()
    base.resolve()
    taken = set(map(str, comes(base)))
    updates = [
        dict(
            describe(package),
            source=package.source_name or package.name,
            excluded=str(package) not in allowed,
            taken=str(package) in taken,
            replaced_by=[],
        )
        for package in newest
    ]
    renames = list(renamed(base, taken)) if base.conf.obsoletes else []
    gone = {(rename['name'], rename['arch']) for rename in renames}
    updates = [update for update in updates if (update['name'], update['arch']) not in gone] + renames
    answer({
        'updates': updates,
        'problem': problem(base) if any_left(updates) else '',
        'repositories': [
            {
                'id': repository.id,
                'primary': repository.get_metadata_path('primary'),
                'updateinfo': repository.get_metadata_path('updateinfo') or None,
            }
            for repository in base.repos.iter_enabled()
        ],
    })


def renamed(base, taken):
    """What is installed under a name that is no more, with all that comes in its place."""
    available = base.sack.query(flags=hawkey.IGNORE_REGULAR_EXCLUDES).available()
    installed = base.sack.query().installed()
    heirs = {}
    for heir in available.filter(obsoletes=installed, latest_per_arch=True).run():
        names = {str(obsolete).split(' ')[0] for obsolete in heir.obsoletes} - {heir.name}
        for old in installed.filter(name=sorted(names)).run():
            if available.filter(pkg=[heir], obsoletes=[old]).run():
                heirs.setdefault(old, []).append(heir)
    allowed = set(map(str, base.sack.query().available().filter(obsoletes=installed).run()))
    for old, found in sorted(heirs.items()):
        yield dict(
            describe(found[0]),
            name=old.name,
            arch=old.arch,
            source=found[0].source_name or found[0].name,
            excluded=any(str(heir) not in allowed for heir in found),
            taken=all(str(heir) in taken for heir in found),
            replaced_by=[describe(heir) for heir in found],
        )


def any_left(updates):
    return any(not update['taken'] and not update['excluded'] for update in updates)


def problem(base):
    """Why not all of it can be had; dnf says so only where it is asked for the best of everything."""
    base.reset(goal=True)
    base.conf.best = True
    base.upgrade_all()
    try:
        base.resolve()
    except dnf.exceptions.DepsolveError as error:
        return str(error)
    return ''


def offers(asked):
    """Every version of these names that a repository has, the excluded ones too."""
    base = open_base()
    query = base.sack.query(flags=hawkey.IGNORE_REGULAR_EXCLUDES).available().filter(name=asked['names'])
    allowed = set(map(str, base.sack.query().available().filter(name=asked['names']).run()))
    answer([dict(describe(package), excluded=str(package) not in allowed) for package in query.run()])


def state(_asked):
    """What rpm's own database does not say: marks, scriptlets that failed, a transaction that had no end."""
    base = open_base(available=False)
    installed = base.sack.query().installed()
    wanted = set(map(str, base.iter_userinstalled()))
    past = history(os.path.join(base.conf.persistdir, 'history.sqlite'))
    answer(dict(
        past,
        automatic=[name_of(package) for package in installed.run() if str(package) not in wanted],
        # Of these, versions live side by side.
        parallel=sorted({package.name for package in installed.filter(provides=base.conf.installonlypkgs).run()}),
    ))


def name_of(package):
    return '%s-%s.%s' % (package.name, version_of(package), package.arch)


INSTALL = 1
FAILED = re.compile(r'^warning: %(?:post|posttrans|triggerin)\((?P<nevra>\S+)\) scriptlet failed')
ITEMS = """
    SELECT trans.id, trans.dt_end, action, name, epoch, version, release, arch
    FROM trans JOIN trans_item ON trans_id = trans.id JOIN rpm ON rpm.item_id = trans_item.item_id
    WHERE action IN (1, 2, 6, 9) ORDER BY trans.id"""
LINES = "SELECT trans_id, line FROM console_output WHERE line LIKE '%scriptlet failed%'"


def history(file):
    """Reads dnf's own record, for which its API has no words. rpm names a package without its epoch."""
    if not os.path.exists(file):
        return {'failed': [], 'unfinished': [], 'replaced': []}
    with sqlite3.connect('file:%s?mode=ro' % file, uri=True) as database:
        newest = database.execute('SELECT max(id) FROM trans').fetchone()[0]
        items = database.execute(ITEMS).fetchall()
        lines = database.execute(LINES).fetchall()
    last, plain, unfinished = {}, {}, []
    for transaction, end, action, name, epoch, version, release, arch in items:
        nevra = '%s-%s%s-%s.%s' % (name, '%s:' % epoch if epoch else '', version, release, arch)
        plain['%s-%s-%s.%s' % (name, version, release, arch)] = nevra
        last[nevra] = transaction, action
        if transaction == newest and not end:
            unfinished.append(nevra)
    failed = set()
    for transaction, line in lines:
        match = FAILED.match(line)
        nevra = plain.get(match.group('nevra')) if match else None
        if nevra and last[nevra][0] == transaction:
            failed.add(nevra)
    replaced = [nevra for nevra, (_, action) in last.items() if action != INSTALL]
    return {'failed': sorted(failed), 'unfinished': unfinished, 'replaced': replaced}


# ---------------------------------------------------------------------- what would change


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
        base.package_install(found[0])
    elif again:
        base.reinstall(str(is_there[0]))


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


# ---------------------------------------------------------------------- what is done


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
    found = [fitting(base, base.sack.query().available(), wanted)[:1] for wanted in asked['packages']]
    base.conf.cacheonly = False
    base.download_packages(sum(found, []))
    answer([describe(package) for package in sum(found, [])])


def is_remote(package):
    return package.reponame != hawkey.CMDLINE_REPO_NAME


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
    fetched = [package.localPkg() for package in comes(base) if is_remote(package)]
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


# ---------------------------------------------------------------------- how it ends


class Refused(Exception):
    pass


def refuse(message):
    raise Refused(message)


def again_or_end(mode, error):
    """Waits for the lock, and begins anew: whoever holds it changes what all this was worked out from."""
    deadline = float(os.environ.get('DEADLINE') or time.time() + (300 if mode in CHANGES else 20))
    if time.time() > deadline:
        end(LOCKED, error)
    print('Waits: %s' % error, file=sys.stderr)
    time.sleep(1)
    os.environ['DEADLINE'] = str(deadline)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, '-I'] + sys.argv)


def end(code, error):
    print('Error: %s' % error, file=sys.stderr)
    sys.exit(code)


if __name__ == '__main__':
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except (Refused, dnf.exceptions.DepsolveError, dnf.exceptions.MarkingErrors) as error:
        end(REFUSED, error)
    except dnf.exceptions.LockError as error:
        again_or_end(sys.argv[1], error)
    except dnf.exceptions.RepoError as error:
        end(NO_LISTS, error)
    except (dnf.exceptions.Error, IOError) as error:
        end(1, error)
