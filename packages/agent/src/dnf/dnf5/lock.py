"""Who else is at the packages of this host."""
import fcntl

FILES = (
    '/var/lib/dnf/system-repo.lock',
    '/run/dnf/rpmtransaction.lock',
    '/usr/lib/sysimage/rpm/.rpm.lock',
    '/var/lib/rpm/.rpm.lock',
)


class Locked(Exception):
    pass


def take_lock(base):
    """
    Nobody else changes what a transaction is worked out from, until it has ended. dnf itself would wait without end,
    and where its own lock is taken it removes the file of it.
    """
    refuse_held()
    if hasattr(base, 'lock_system_repo'):
        base.lock_system_repo()


def refuse_held():
    held = next((file for file in FILES if is_held(file)), None)
    if held:
        raise Locked('Another process is at the packages of this host: it holds %s.' % held)


def is_held(file):
    try:
        with open(file, 'r+b') as opened:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
