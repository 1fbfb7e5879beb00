type Need =
  | 'lab'
  | 'dnf'
  | 'postgres'
  | 'chromium'
  | 'openssl'
  | 'curl'
  | 'gnutls'
  | 'address'
  | 'apt'
  | 'dpkg'
  | 'rpm'
  | 'root'
/**
 * For node:test's `skip`: what this machine lacks for a test, or false. Where CI is set nothing may
 * be skipped, so there it throws: a skip that nobody reads is a test that does not exist.
 */
export declare function skipWithout(need: Need): string | false
/** An address of this machine that is not loopback to it, though what goes there never leaves the machine. */
export declare const ownAddress: () => string | undefined
export {}
