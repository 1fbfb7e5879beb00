"""What the repositories offer."""
import libdnf5.base
import libdnf5.exception
from keys import enabled
from packages import answer, available_of, describe, installed_of, names_in, open_base
from planned import comes, words_of


def known(_asked):
    """What could be updated, what dnf would not take, and why not; and where the advisories are."""
    try:
        base = open_base(best=False)
        unfiltered = open_base(excludes=False)
    except libdnf5.exception.RepoDownloadError:
        return answer({'updates': [], 'problem': '', 'repositories': [], 'locked': []})
    allowed = names_in(upgrades_of(base))
    taken = {package.get_nevra() for package in comes(upgrade_all(base))}
    newest = upgrades_of(unfiltered)
    newest.filter_latest_evr()
    updates = [
        dict(
            describe(package),
            source=package.get_source_name() or package.get_name(),
            excluded=package.get_nevra() not in allowed,
            taken=package.get_nevra() in taken,
            replaced_by=[],
        )
        for package in newest
    ]
    renames = list(renamed(base, unfiltered, taken)) if base.get_config().obsoletes else []
    gone = {(rename['name'], rename['arch']) for rename in renames}
    updates = [update for update in updates if (update['name'], update['arch']) not in gone] + renames
    answer({
        'updates': updates,
        'problem': problem(base) if any_left(updates) else '',
        'repositories': list(repositories_of(base)),
        'locked': locked_in(base),
    })


def locked_in(base):
    """Names that are to stay at a version. Where one version is to be left out, that one is excluded."""
    config = base.get_rpm_package_sack().get_versionlock_config()
    return sorted({
        package.get_name()
        for package in config.get_packages()
        if any(condition.get_comparator_str() == '=' for condition in package.get_conditions())
    })


def upgrades_of(base):
    query = available_of(base)
    query.filter_upgrades()
    return query


def upgrade_all(base):
    goal = libdnf5.base.Goal(base)
    goal.add_rpm_upgrade(libdnf5.base.GoalJobSettings())
    return goal.resolve()


def renamed(base, unfiltered, taken):
    """What is installed under a name that is no more, with all that comes in its place."""
    installed = installed_of(unfiltered)
    query = available_of(unfiltered)
    query.filter_obsoletes(installed)
    query.filter_latest_evr()
    heirs = {}
    for heir in query:
        names = {obsolete.get_name() for obsolete in heir.get_obsoletes()} - {heir.get_name()}
        for old in installed_of(unfiltered, sorted(names)):
            if replaces(unfiltered, heir, old):
                heirs.setdefault(old.get_nevra(), (old, []))[1].append(heir)
    allowed = available_of(base)
    allowed.filter_obsoletes(installed_of(base))
    allowed = names_in(allowed)
    for _, (old, found) in sorted(heirs.items()):
        names = {heir.get_nevra() for heir in found}
        yield dict(
            describe(found[0]),
            name=old.get_name(),
            arch=old.get_arch(),
            source=found[0].get_source_name() or found[0].get_name(),
            excluded=not names <= allowed,
            taken=names <= taken,
            replaced_by=[describe(heir) for heir in found],
        )


def replaces(base, heir, old):
    one = installed_of(base)
    one.filter_nevra([old.get_nevra()])
    query = available_of(base, [heir.get_name()])
    query.filter_obsoletes(one)
    return query.contains(heir)


def any_left(updates):
    return any(not update['taken'] and not update['excluded'] for update in updates)


def problem(base):
    """Why not all of it can be had; dnf says so only where it is asked for the best of everything."""
    base.get_config().best = True
    return words_of(upgrade_all(base))


def repositories_of(base):
    for repository in enabled(base):
        primary = repository.get_metadata_path('primary')
        if primary:
            yield {
                'id': repository.get_id(),
                'primary': primary,
                'updateinfo': repository.get_metadata_path('updateinfo') or None,
            }


def offers(asked):
    """Every version of these names that a repository has, the excluded ones too."""
    base, unfiltered = open_base(), open_base(excludes=False)
    allowed = names_in(available_of(base, asked['names']))
    answer([
        dict(describe(package), excluded=package.get_nevra() not in allowed)
        for package in available_of(unfiltered, asked['names'])
    ])
