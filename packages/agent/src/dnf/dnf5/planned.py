"""What would change."""
import os

import libdnf5.base
import libdnf5.rpm
import libdnf5.transaction
from packages import answer, available_of, called, describe, fitting, installed_of, open_base
from refusal import Refused, refuse

COME = (
    libdnf5.transaction.TransactionItemAction_INSTALL,
    libdnf5.transaction.TransactionItemAction_UPGRADE,
    libdnf5.transaction.TransactionItemAction_DOWNGRADE,
    libdnf5.transaction.TransactionItemAction_REINSTALL,
)
GO = (
    libdnf5.transaction.TransactionItemAction_REMOVE,
    libdnf5.transaction.TransactionItemAction_REPLACED,
)


def open_for(asked, alone=False):
    base = open_base(alone=alone)
    base.get_config().install_weak_deps = asked['weak']
    return base


def solve(base, asked):
    """Works out the transaction, exactly as it is asked for, or refuses it in dnf's own words."""
    goal = libdnf5.base.Goal(base)
    goal.set_allow_erasing(asked['erase'])
    if asked['exclude']:
        base.get_rpm_package_sack().add_user_excludes(available_of(base, asked['exclude']))
    if asked['files']:
        for package in given(base, asked['files']):
            goal.add_rpm_install(package)
    for wanted in asked['install']:
        take(base, goal, wanted, asked['again'])
    for name in asked['remove']:
        goal.add_rpm_remove(called(base, name))
    transaction = goal.resolve()
    if transaction.get_problems() != libdnf5.base.GoalProblem_NO_PROBLEM:
        refuse(words_of(transaction))
    brought = {(package.get_name(), package.get_evr()) for package in comes(transaction)}
    for wanted in asked['install']:
        is_there = fitting(base, installed_of(base), wanted)
        if (wanted['name'], wanted['version']) not in brought and (asked['again'] or not is_there):
            refuse('dnf would not install %(name)s-%(version)s, and gives no reason.' % wanted)
    return transaction


def given(base, files):
    base.get_repo_sack().add_cmdline_packages(files)
    query = libdnf5.rpm.PackageQuery(base)
    query.filter_repo_id(['@commandline'])
    return query


def take(base, goal, wanted, again):
    found = fitting(base, available_of(base), wanted)
    is_there = fitting(base, installed_of(base), wanted)
    if not found and not (is_there and not again):
        refuse('No repository offers %(name)s-%(version)s.' % wanted)
    if not is_there:
        for package in found[:1] + siblings(base, found[0]):
            goal.add_rpm_install(package)
    elif again:
        goal.add_rpm_reinstall(found[0])


def siblings(base, package):
    """The same version for the other architectures that the host has it for: what they share is one file."""
    installed = installed_of(base, [package.get_name()])
    parallel = installed_of(base, [package.get_name()])
    parallel.filter_installonly()
    archs = {one.get_arch() for one in installed if one.get_evr() != package.get_evr()} - {'noarch', package.get_arch()}
    if package.get_arch() == 'noarch' or not archs or not parallel.empty():
        return []
    same = available_of(base, [package.get_name()])
    same.filter_evr([package.get_evr()])
    same.filter_arch(sorted(archs))
    return list(same)


def words_of(transaction):
    return '\n'.join(transaction.get_resolve_logs_as_strings())


def comes(transaction):
    return [one.get_package() for one in transaction.get_transaction_packages() if one.get_action() in COME]


def goes(transaction):
    return [one.get_package() for one in transaction.get_transaction_packages() if one.get_action() in GO]


def plan(asked):
    base = open_for(asked)
    transaction = solve(base, asked)
    answer({
        'install': [
            dict(
                describe(package),
                download_bytes=package.get_download_size(),
                installed_bytes=package.get_install_size(),
                is_here=os.path.exists(package.get_package_path()),
            )
            for package in comes(transaction)
        ],
        'remove': [dict(describe(package), installed_bytes=package.get_install_size()) for package in goes(transaction)],
    })


def ties(asked):
    """For each package that is wanted, all that would come along if it were wanted alone; null where it cannot be."""
    base = open_for(asked)
    answer([brought_by(base, dict(asked, install=[wanted])) for wanted in asked['install']])


def brought_by(base, asked):
    try:
        transaction = solve(base, asked)
    except Refused:
        return None
    return [package.get_name() for package in comes(transaction)]
