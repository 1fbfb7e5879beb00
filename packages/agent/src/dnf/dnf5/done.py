"""What is done, with its progress on file descriptor 3."""
import os
import signal
import sys

import libdnf5.base
import libdnf5.logger
import libdnf5.rpm
import libdnf5.transaction
from fetched import check_all_here, check_signatures, get, is_remote
from lock import Locked, refuse_held
from packages import available_of, installed_of, names_in
from past import history
from planned import comes, open_for, solve, words_of
from progress import say
from refusal import refuse

WORDS = {
    libdnf5.transaction.TransactionItemAction_INSTALL: 'Installs %s',
    libdnf5.transaction.TransactionItemAction_UPGRADE: 'Upgrades to %s',
    libdnf5.transaction.TransactionItemAction_DOWNGRADE: 'Downgrades to %s',
    libdnf5.transaction.TransactionItemAction_REINSTALL: 'Installs %s again',
    libdnf5.transaction.TransactionItemAction_REMOVE: 'Removes %s',
    libdnf5.transaction.TransactionItemAction_REPLACED: 'Cleans up %s',
}


def unharming(callback):
    """What goes wrong in telling would end the process, and with it rpm in the middle of its work: it is kept."""
    def kept(self, *args):
        try:
            callback(self, *args)
        except Exception as error:
            self.error = self.error or error
    return kept


class Working(libdnf5.rpm.TransactionCallbacks):
    def __init__(self, transaction):
        super().__init__()
        self.transaction, self.total, self.at, self.percent = transaction, 1, 0, 0.0
        self.has_begun, self.told, self.error = False, set(), None

    @unharming
    def elem_progress(self, item, amount, total):
        self.has_begun, self.at, self.total = True, amount, max(1, total)
        self.tell(WORDS.get(item.get_action(), 'Works on %s') % item.get_package().get_nevra())

    @unharming
    def script_start(self, item, nevra, type):
        self.tell('Runs a scriptlet of %s' % nevra.get_name())

    @unharming
    def script_stop(self, item, nevra, type, return_code):
        output = self.transaction.get_last_script_output()
        if output:
            print(output.rstrip('\n'), flush=True)
        # rpm is content with one that failed after its package was unpacked, and dnf does not call that an error.
        if return_code != 0:
            self.tell_messages()
            words = 'Error in %s scriptlet in rpm package %s'
            self.tell(words % (self.script_type_to_string(type).strip('%'), nevra.get_name()), nevra.get_name())

    @unharming
    def unpack_error(self, item):
        self.tell('Error in unpacking %s' % item.get_package().get_nevra(), item.get_package().get_name())

    cpio_error = unpack_error

    def tell_messages(self):
        """What rpm has said, each once: dnf forgets it when it goes on."""
        for message in self.transaction.get_rpm_messages():
            if message not in self.told:
                self.told.add(message)
                print('error: %s' % message, file=sys.stderr)

    def tell(self, message, failed=None):
        self.percent = max(self.percent, min(100.0, 100.0 * self.at / self.total))
        say(self.percent, message, failed)


def install(asked):
    """Runs the transaction with what was fetched before, and no network."""
    base = open_for(asked, alone=True)
    transaction = solve(base, asked)
    check_all_here(comes(transaction))
    check_signatures(base, comes(transaction))
    run(base, transaction, asked['comment'])


def run(base, transaction, comment):
    """rpm lets nobody stop it half-way, and neither do we: what asks us to is heard when all is done."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # Where an administrator, and we, look for what rpm said.
    base.get_logger().add_logger(libdnf5.logger.create_file_logger(base, 'dnf5.log'))
    fetched = [package.get_package_path() for package in comes(transaction) if is_remote(package)]
    working = Working(transaction)  # the transaction alone does not keep it
    transaction.set_callbacks(libdnf5.rpm.TransactionCallbacksUniquePtr(working))
    transaction.set_description(comment)
    result = transaction.run()
    if result == transaction.TransactionRunResult_ERROR_LOCK:
        raise Locked('Another process is at the packages of this host.')
    if result != transaction.TransactionRunResult_SUCCESS and not working.has_begun:
        refuse_held()  # rpm, which has a lock of its own, only says that it failed
    working.tell_messages()
    if working.error:
        print('warning: not all of it could be told: %r' % working.error, file=sys.stderr)
    if result != transaction.TransactionRunResult_SUCCESS:
        problems = transaction.get_transaction_problems() or [transaction.transaction_result_to_string(result)]
        for problem in problems:
            print('Error: %s' % problem, file=sys.stderr)
        sys.exit(1)
    for file in fetched:
        if os.path.exists(file):
            os.unlink(file)


def repair(asked):
    """
    Goes on to where an interrupted transaction was going: of two versions of one package the older one goes, and
    what may be half there, or has not been set up, is installed again where a repository has it.
    """
    base = open_for(asked, alone=True)
    goal = libdnf5.base.Goal(base)
    past = history(base)
    again = names_in(installed_of(base)) & set(past['failed'] + past['unfinished'])
    torn = installed_of(base)
    torn.filter_duplicates()
    parallel = installed_of(base)
    parallel.filter_installonly()
    torn.difference(parallel)
    newest = installed_of(base)
    newest.intersection(torn)
    newest.filter_latest_evr()
    for package in torn:
        if not newest.contains(package):
            goal.add_rpm_remove(package)
            again.discard(package.get_nevra())
    for nevra in sorted(again | names_in(newest)):
        offered = available_of(base)
        offered.filter_nevra([nevra])
        found = list(offered)
        if found:
            goal.add_rpm_reinstall(found[0])
        else:
            print('%s cannot be installed again: no repository has it.' % nevra)
    transaction = goal.resolve()
    if transaction.get_problems() != libdnf5.base.GoalProblem_NO_PROBLEM:
        refuse(words_of(transaction))
    get(base, comes(transaction))
    check_signatures(base, comes(transaction))
    run(base, transaction, asked['comment'])
