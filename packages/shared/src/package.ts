import { z } from 'zod'

/**
 * A package's name as apt or rpm spells it, with an architecture where it needs one (`libc6:i386`, `glibc:i686`).
 * apt reads its arguments as an expression (`openssl-` removes, `?essential` matches), so what is no plain name stops
 * here. A trailing `+` is legal in a name (`g++`) and in an expression: the agent lets it pass only for an exact
 * stanza. Only rpm has capitals and `_` in names, and names of one letter.
 */
export const PackageName = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_]([A-Za-z0-9+._-]*[A-Za-z0-9+._])?(:[a-z0-9]+)?$/,
    'is not the name of a package',
  )
  .meta({ id: 'PackageName', example: 'openssl' })

/** A Debian or RPM version, with its epoch. Globs, options and paths are none. */
export const PackageVersion = z
  .string()
  .max(200)
  .regex(/^(\d+:)?[A-Za-z0-9][A-Za-z0-9.+~^_-]*$/, 'is not a version')
  .meta({ id: 'PackageVersion', example: '3.0.22-1~deb12u2' })

/** Why an update that exists is not installed with the others. */
export const BlockedBy = z
  .object({
    reason: z.enum(['held', 'phased', 'kept_back', 'pinned', 'excluded']),
    detail: z.string(),
  })
  .meta({ id: 'BlockedBy' })
export type BlockedBy = z.infer<typeof BlockedBy>

const common = {
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  /** `residual`: removed, its configuration kept. `broken`: half installed; the next job repairs it first. */
  status: z.enum(['installed', 'residual', 'broken']),
  description: z.string(),
  /** Bytes on disk as the package claims them; null where it claims nothing. */
  size_bytes: z.number().int().nullable(),
  /** When this version came: the last install or upgrade. */
  installed_at: z.iso.datetime().nullable(),
  /** Null where no package list could be read: unknown is not "up to date". */
  upgradable: z.boolean().nullable(),
  available_version: z.string().nullable(),
  /** Whether a version between the installed and the available one comes from a security archive. */
  security: z.boolean().nullable(),
  blocked_by: BlockedBy.nullable(),
  maintainer: z.string().nullable(),
}

export const Package = z
  .object({ ...common, dependencies: z.array(z.string()) })
  .meta({ id: 'Package' })
export type Package = z.infer<typeof Package>

export const Dependency = z
  .object({
    name: z.string(),
    /** `>=1.1.1`; null where any version will do. */
    version: z.string().nullable(),
    /** False for one of several alternatives. */
    required: z.boolean(),
  })
  .meta({ id: 'Dependency' })
export type Dependency = z.infer<typeof Dependency>

export const PackageDetail = z
  .object({
    ...common,
    dependencies: z.array(Dependency),
    reverse_dependencies: z.array(z.string()),
    homepage: z.string().nullable(),
    license: z.string().nullable(),
    files: z.array(z.string()),
  })
  .meta({ id: 'PackageDetail' })
export type PackageDetail = z.infer<typeof PackageDetail>

/** When the host last fetched its package lists, and what went wrong if the last try failed. */
export const Freshness = {
  lists_updated_at: z.iso.datetime().nullable(),
  lists_failure: z.string().nullable(),
}
