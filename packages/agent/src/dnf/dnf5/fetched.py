"""What is fetched, and who signed it."""
import hashlib
import os
import sys
import time

import libdnf5.exception
import libdnf5.repo
import libdnf5.rpm
from packages import answer, available_of, describe, fitting, open_base
from planned import comes, open_for, solve
from progress import say
from refusal import refuse


class Fetching(libdnf5.repo.DownloadCallbacks):
    def __init__(self):
        super().__init__()
        self.names, self.total, self.done, self.said = [], [], [], 0

    def add_new_download(self, user_data, description, total_to_download):
        self.names.append(description)
        self.total.append(max(0, total_to_download))
        self.done.append(0)
        return len(self.names) - 1

    def progress(self, user_cb_data, total_to_download, downloaded):
        self.done[user_cb_data] = downloaded
        if time.time() - self.said >= 0.5:
            self.said = time.time()
            say(100.0 * min(1, sum(self.done) / max(1, sum(self.total))), 'Fetches %s' % self.names[user_cb_data])
        return 0

    def end(self, user_cb_data, status, msg):
        if status == libdnf5.repo.DownloadCallbacks.TransferStatus_ERROR:
            print('Error: %s: %s' % (self.names[user_cb_data], msg), file=sys.stderr)
        return 0

    def mirror_failure(self, user_cb_data, msg, url, metadata):
        print('Error: %s: %s' % (self.names[user_cb_data], msg), file=sys.stderr)
        return 0


def download(asked):
    """Fetches what the transaction needs and checks who signed it. No key is accepted on anybody's behalf."""
    base = open_for(asked)
    packages = comes(solve(base, asked))
    get(base, packages)
    check_signatures(base, packages)
    say(100.0, 'Has all it needs')


def get(base, packages):
    fetching = Fetching()  # the base alone does not keep it
    base.set_download_callbacks(libdnf5.repo.DownloadCallbacksUniquePtr(fetching))
    downloader = libdnf5.repo.PackageDownloader(base)
    for package in packages:
        if is_remote(package):
            downloader.add(package)
    downloader.download()


def fetch(asked):
    """Fetches packages into a folder, for later. What no repository has is left out."""
    base = open_base()
    found = sum((fitting(base, available_of(base), wanted)[:1] for wanted in asked['packages']), [])
    downloader = libdnf5.repo.PackageDownloader(base)
    for package in found:
        downloader.add(package, asked['folder'])
    problem = ''
    try:
        downloader.download()
    except libdnf5.exception.RepoPackageDownloadError as error:
        problem = str(error)
    kept = [package for package in found if keep(package, asked['folder'])]
    answer({'packages': [describe(package) for package in kept], 'problem': problem})


def keep(package, folder):
    """Under its full name, whatever its repository calls the file."""
    file = os.path.join(folder, os.path.basename(package.get_location()))
    if not os.path.exists(file) or not is_whole(package, file):
        return False
    parts = package.get_name(), package.get_version(), package.get_release(), package.get_arch()
    os.rename(file, os.path.join(folder, '%s-%s-%s.%s.rpm' % parts))
    return True


def is_whole(package, file):
    """What could not be fetched leaves a part of it behind, or an empty file."""
    checksum = package.get_checksum()
    with open(file, 'rb') as content:
        return hashlib.file_digest(content, checksum.get_type_str()).hexdigest() == checksum.get_checksum()


def check_all_here(packages):
    """And is what its repository says: dnf compares the checksum."""
    missing = next((package for package in packages if is_remote(package) and not package.is_available_locally()), None)
    if missing:
        refuse('%s was to be here by now, and is not, or is damaged.' % missing.get_nevra())


def check_signatures(base, packages):
    signature = libdnf5.rpm.RpmSignature(base)
    for package in packages:
        result = signature.check_package_signature(package)
        if result in (signature.CheckResult_OK, signature.CheckResult_SKIPPED):
            continue
        file = os.path.basename(package.get_package_path())
        if result == signature.CheckResult_FAILED_NOT_SIGNED:
            refuse('Package %s is not signed.' % file)
        keys = ', '.join(package.get_repo().get_config().gpgkey) if is_remote(package) else ''
        hint = (
            ' The repository %s names %s as its key: an administrator of this host has to accept it first, by'
            ' `rpm --import`.' % (package.get_repo_id(), keys)
            if result == signature.CheckResult_FAILED_KEY_MISSING
            else ''
        )
        refuse('Package %s: %s%s' % (file, signature.check_result_to_string(result), hint))


def is_remote(package):
    return package.get_repo().get_type() == libdnf5.repo.Repo.Type_AVAILABLE
