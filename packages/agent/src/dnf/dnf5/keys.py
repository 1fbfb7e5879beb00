"""The keys that repositories sign with."""
import sys

import libdnf5.repo

# What dnf calls back it does not keep.
kept = []


class Refusing(libdnf5.repo.RepoCallbacks):
    """Left to itself, dnf's library accepts every key that a repository names. Here none is, on anybody's behalf."""

    def repokey_import(self, key_info):
        for user in key_info.get_user_ids():
            print(' Userid     : %s' % user, file=sys.stderr)
        print(' Fingerprint: %s' % key_info.get_fingerprint(), file=sys.stderr)
        print(' From       : %s' % key_info.get_url().removeprefix('file://'), file=sys.stderr)
        return False


def refuse_keys(base):
    for repository in enabled(base):
        refusing = Refusing()
        kept.append(refusing)
        repository.set_callbacks(libdnf5.repo.RepoCallbacksUniquePtr(refusing))


def enabled(base):
    query = libdnf5.repo.RepoQuery(base)
    query.filter_enabled(True)
    query.filter_type(libdnf5.repo.Repo.Type_AVAILABLE)
    return query
