"""New lists of what the repositories offer."""
import sys

import libdnf5.base
import libdnf5.repo
from keys import enabled, refuse_keys


class Fetching(libdnf5.repo.DownloadCallbacks):
    def mirror_failure(self, user_cb_data, msg, url, metadata):
        print('Error: %s' % msg, file=sys.stderr)
        return 0


def refresh(_asked):
    """A repository that an administrator lets dnf skip is not skipped here: its lists would only look fresh."""
    base = libdnf5.base.Base()
    base.load_config()
    base.setup()
    fetching = Fetching()  # the base alone does not keep it
    base.set_download_callbacks(libdnf5.repo.DownloadCallbacksUniquePtr(fetching))
    repositories = base.get_repo_sack()
    repositories.create_repos_from_system_configuration()
    refuse_keys(base)
    for repository in enabled(base):
        repository.get_config().skip_if_unavailable = False
        repository.expire()
    repositories.load_repos(libdnf5.repo.Repo.Type_AVAILABLE)
