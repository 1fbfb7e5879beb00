"""What the repositories offer."""
import dnf
import dnf.exceptions
import hawkey
from packages import answer, comes, describe, open_base


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
