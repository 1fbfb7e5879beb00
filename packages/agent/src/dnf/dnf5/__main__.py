"""Speaks with dnf 5 in its own language, for what its command line prints only for people.

    dnf5 known | state | offers | ties | plan | fetch | download | install | repair | refresh  JSON

Answers are one line of JSON on standard output; progress goes to file descriptor 3. Whatever is refused is told on
standard error, with one of the exit codes below. Only what dnf documents as its API is used, but for the history, which
has none for what a scriptlet said. It needs dnf 5.2.7 or later.
"""
import json
import os
import sys
import time

REFUSED, NO_LISTS, LOCKED, NO_LIBRARY = 3, 4, 5, 6
try:
    import libdnf5.base
    import libdnf5.exception
except ImportError as error:
    print('Error: %s' % error, file=sys.stderr)
    sys.exit(NO_LIBRARY)
from done import install, repair
from fetched import download, fetch
from lock import Locked
from past import state
from planned import plan, ties
from refresh import refresh
from refusal import Refused
from updates import known, offers

CHANGES = ('download', 'install', 'repair')


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
        'refresh': refresh,
    }[mode](asked)


def again_or_end(mode, error):
    """Waits for the lock, and begins anew: whoever holds it changes what all this was worked out from."""
    deadline = float(os.environ.get('DEADLINE') or time.time() + (300 if mode in CHANGES else 20))
    if time.time() > deadline:
        end(LOCKED, error)
    print('Waits: %s' % error, file=sys.stderr)
    time.sleep(1)
    os.environ['DEADLINE'] = str(deadline)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, '-I', '-B'] + sys.argv)


def end(code, error):
    print('Error: %s' % error, file=sys.stderr)
    sys.exit(code)


if __name__ == '__main__':
    if not hasattr(libdnf5.base.Transaction, 'get_rpm_messages'):
        end(1, 'This host has a dnf from before 5.2.7, which does not say what went wrong: update it first.')
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except Refused as error:
        end(REFUSED, error)
    except Locked as error:
        again_or_end(sys.argv[1], error)
    except libdnf5.exception.RepoDownloadError as error:
        end(NO_LISTS, error)
    except (libdnf5.exception.Error, OSError) as error:
        end(1, error)
