"""Speaks with dnf 4 in its own language, for what its command line prints only for people.

    dnf4 known | state | offers | ties | plan | fetch | download | install | repair  JSON

Answers are one line of JSON on standard output; progress goes to file descriptor 3. Whatever is refused is told on
standard error, with the exit code below. Only what dnf documents as its API is used, but for the history, which has
none for what a scriptlet said. It runs on Python 3.6 and later.
"""
import json
import os
import sys
import time

import dnf.exceptions
from done import download, fetch, install, repair
from past import state
from planned import plan, ties
from refusal import Refused
from updates import known, offers

REFUSED, NO_LISTS, LOCKED = 3, 4, 5
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
