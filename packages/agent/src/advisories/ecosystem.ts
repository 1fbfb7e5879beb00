/**
 * The names by which OSV calls this host's release, read from os-release; none where OSV has no name for it:
 *
 *     ID=ubuntu
 *     VERSION_ID="24.04"        → Ubuntu:24.04, Ubuntu:24.04:LTS
 */
export function ecosystemsOf(osRelease: string, isAttachedToPro: boolean): string[] {
  const field = (name: string) =>
    new RegExp(`^${name}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2] ?? ''
  const version = field('VERSION_ID')
  if (!/^[\w.]+$/.test(version)) return []
  if (field('ID') === 'debian') return [`Debian:${version}`]
  if (field('ID') !== 'ubuntu') return []

  const open = [`Ubuntu:${version}`, `Ubuntu:${version}:LTS`]
  // Fixes that only a subscription opens are no help to a host without one.
  return isAttachedToPro ? [...open, ...open.map((name) => name.replace(':', ':Pro:'))] : open
}
