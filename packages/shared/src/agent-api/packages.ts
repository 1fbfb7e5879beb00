import { z } from 'zod'
import type { Contract } from '../contract.ts'
import { Freshness, Package, PackageDetail, PackageName, PackageVersion } from '../package.ts'
import { Order, Page, Paging } from '../page.ts'
import { Transaction } from '../transaction.ts'
import { bound, refusals, started, startsJob, yesOrNo } from './started.ts'

const options = z
  .strictObject({
    force: z.boolean().default(false),
    no_recommends: z.boolean().default(false),
    allow_downgrade: z.boolean().default(false),
  })
  .prefault({})
const version = PackageVersion.nullable().default(null)

const install = {
  packages: z
    .array(z.strictObject({ name: PackageName, version }))
    .min(1)
    .max(200),
  options,
}
const update = { name: PackageName, version, options }

export const packageApi = {
  listPackages: {
    route: 'GET /packages',
    summary: 'Packages of the host, with the updates that wait for them',
    access: 'read',
    rate: 'package_list',
    input: z.strictObject({
      name: z
        .string()
        .max(200)
        .optional()
        .meta({ description: 'A whole name; * stands for any letters' }),
      status: z.enum(['installed', 'upgradable', 'all']).default('installed'),
      sort: z.enum(['name', 'version', 'size']).default('name'),
      order: Order.default('asc'),
      ...Paging,
    }),
    output: z.object({ packages: z.array(Package), ...Page, ...Freshness }),
  },

  getPackage: {
    route: 'GET /packages/:name',
    summary: 'One installed package with its dependencies and files',
    access: 'read',
    rate: 'package_list',
    input: z.strictObject({ name: PackageName }),
    output: PackageDetail,
    failures: ['PKG_NOT_FOUND'],
  },

  installPackages: {
    route: 'POST /packages',
    summary: 'Install packages',
    access: 'install',
    rate: 'package_operations',
    ...startsJob,
    input: z.strictObject({ ...install, ...bound }),
    output: z.object({
      ...started,
      operation: z.literal('install'),
      packages: z.array(z.string()),
    }),
    failures: ['PLAN_DRIFT', ...refusals],
  },

  previewInstall: {
    route: 'POST /packages/preview',
    summary: 'The transaction that POST /packages would run',
    access: 'read',
    rate: 'package_operations',
    input: z.strictObject(install),
    output: Transaction,
    failures: refusals,
  },

  refreshPackages: {
    route: 'POST /packages/refresh',
    summary: 'Fetch the package lists anew',
    access: 'patch',
    rate: 'package_operations',
    ...startsJob,
    input: z.strictObject({}),
    output: z.object({ ...started, operation: z.literal('refresh') }),
    failures: ['JOB_CONFLICT'],
  },

  updatePackage: {
    route: 'PUT /packages/:name',
    summary: 'Update an installed package',
    access: 'patch',
    rate: 'package_operations',
    ...startsJob,
    input: z.strictObject({ ...update, ...bound }),
    output: z.object({
      ...started,
      operation: z.literal('update'),
      package: z.string(),
      target_version: z.string(),
    }),
    failures: ['PLAN_DRIFT', ...refusals],
  },

  previewUpdate: {
    route: 'POST /packages/:name/preview',
    summary: 'The transaction that PUT /packages/{name} would run',
    access: 'read',
    rate: 'package_operations',
    input: z.strictObject(update),
    output: Transaction,
    failures: refusals,
  },

  removePackage: {
    route: 'DELETE /packages/:name',
    summary: 'Remove an installed package',
    access: 'remove',
    rate: 'package_operations',
    ...startsJob,
    input: z.strictObject({
      name: PackageName,
      purge: yesOrNo.meta({ description: 'Its configuration files too' }),
      force: yesOrNo.meta({ description: 'Even though others depend on it' }),
    }),
    output: z.object({
      ...started,
      operation: z.literal('remove'),
      package: z.string(),
      purge: z.boolean(),
    }),
    failures: refusals,
  },
} as const satisfies Contract
