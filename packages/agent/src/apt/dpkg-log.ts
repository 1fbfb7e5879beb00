/**
 * Reads `/var/log/dpkg.log`: whether the last that was done to each package replaced a version of it. An upgrade to
 * the same version is a reinstallation, and says nothing.
 *
 *     2026-11-22 10:44:21 upgrade libc6:amd64 2.36-9+deb12u10 2.36-9+deb12u14
 *     2026-11-22 10:44:22 install dbus:amd64 <none> 1.14.10-1~deb12u1
 *     day        time     action  name        before          after
 */
export function parseUpdated(log: string): Map<string, boolean> {
  const updated = new Map<string, boolean>()
  for (const [, action, name = '', before, after] of log.matchAll(ACTION))
    if (action === 'install') updated.set(name, false)
    else if (before !== after) updated.set(name, true)
  return updated
}

const ACTION = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (install|upgrade) (\S+) (\S+) (\S+)$/gm
