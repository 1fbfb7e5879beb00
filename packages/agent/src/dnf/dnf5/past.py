"""What rpm's own database does not say."""
import glob
import os
import re
import sqlite3
from datetime import datetime

import libdnf5.transaction
from packages import answer, installed_of, names_in, open_base

INSTALL = 'Install'
AUTOMATIC = (
    libdnf5.transaction.TransactionItemReason_DEPENDENCY,
    libdnf5.transaction.TransactionItemReason_WEAK_DEPENDENCY,
)
ITEMS = """
    SELECT trans.id, trans.dt_begin, trans.dt_end, action.name, pkg_name.name, epoch, version, release, arch.name
    FROM trans JOIN trans_item ON trans_id = trans.id JOIN rpm ON rpm.item_id = trans_item.item_id
    JOIN trans_item_action AS action ON action.id = action_id
    JOIN pkg_name ON pkg_name.id = name_id JOIN arch ON arch.id = arch_id
    WHERE action.name IN ('Install', 'Upgrade', 'Downgrade', 'Reinstall') ORDER BY trans.id"""
FAILED = re.compile(
    r'^(?P<time>\S+) .*%(?:post|posttrans|triggerin)\((?P<nevra>[^\s()]+)\) scriptlet failed', re.MULTILINE
)


def state(_asked):
    """What rpm's own database does not say: marks, scriptlets that failed, a transaction that had no end."""
    base = open_base(available=False)
    parallel = installed_of(base)
    parallel.filter_installonly()
    answer(dict(
        history(base),
        automatic=[package.get_nevra() for package in installed_of(base) if package.get_reason() in AUTOMATIC],
        # Of these, versions live side by side.
        parallel=sorted({package.get_name() for package in parallel}),
    ))


def history(base):
    """Reads dnf's own record, for which its API has no words. rpm names a package without its epoch."""
    conf = base.get_config()
    file = os.path.join(conf.transaction_history_dir, 'transaction_history.sqlite')
    if not os.path.exists(file):
        return {'failed': [], 'unfinished': [], 'replaced': []}
    with sqlite3.connect('file:%s?mode=ro' % file, uri=True) as database:
        newest = database.execute('SELECT max(id) FROM trans').fetchone()[0]
        items = database.execute(ITEMS).fetchall()
    last, plain, unfinished = {}, {}, []
    for transaction, begin, end, action, name, epoch, version, release, arch in items:
        nevra = '%s-%s%s-%s.%s' % (name, '%s:' % epoch if epoch else '', version, release, arch)
        plain['%s-%s-%s.%s' % (name, version, release, arch)] = nevra
        last[nevra] = begin, end, action
        if transaction == newest and not end:
            unfinished.append(nevra)
    failed = {plain[rpm_name] for rpm_name, time in failures(conf.logdir) if is_within(time, last.get(plain.get(rpm_name)))}
    replaced = [nevra for nevra, (_, _, action) in last.items() if action != INSTALL]
    return {'failed': sorted(failed), 'unfinished': unfinished, 'replaced': replaced}


def is_within(time, found):
    return found is not None and found[0] <= time <= (found[1] or time)


def failures(folder):
    """
    Reads dnf's log, for its history does not keep what rpm said:

        2026-11-22T17:06:32+0000 [227] ERROR [rpm] %post(lab-fail-2.0-1.noarch) scriptlet failed, exit status 7
    """
    for file in glob.glob(os.path.join(folder, 'dnf5.log*')):
        with open(file, encoding='utf-8', errors='replace') as log:
            for match in FAILED.finditer(log.read()):
                yield match.group('nevra'), datetime.strptime(match.group('time'), '%Y-%m-%dT%H:%M:%S%z').timestamp()
