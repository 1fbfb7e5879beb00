"""What rpm's own database does not say."""
import os
import re
import sqlite3

from packages import answer, name_of, open_base

INSTALL = 1
FAILED = re.compile(r'^warning: %(?:post|posttrans|triggerin)\((?P<nevra>\S+)\) scriptlet failed')
ITEMS = """
    SELECT trans.id, trans.dt_end, action, name, epoch, version, release, arch
    FROM trans JOIN trans_item ON trans_id = trans.id JOIN rpm ON rpm.item_id = trans_item.item_id
    WHERE action IN (1, 2, 6, 9) ORDER BY trans.id"""
LINES = "SELECT trans_id, line FROM console_output WHERE line LIKE '%scriptlet failed%'"


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
