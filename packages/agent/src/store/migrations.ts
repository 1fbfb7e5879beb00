/** Each entry takes the database one `user_version` further. What has been released is never edited. */
export const migrations: string[][] = [
  [
    `CREATE TABLE jobs (
      job_id TEXT NOT NULL PRIMARY KEY,
      operation TEXT NOT NULL,
      status TEXT NOT NULL,
      phase TEXT NOT NULL,
      progress_percent INTEGER NOT NULL,
      message TEXT NOT NULL,
      request TEXT NOT NULL,
      patches TEXT NOT NULL,
      plan TEXT,
      ended TEXT,
      result TEXT,
      idempotency_key TEXT,
      request_hash TEXT NOT NULL,
      caller TEXT NOT NULL,
      request_id TEXT NOT NULL,
      boot_id TEXT,
      status_offset INTEGER NOT NULL DEFAULT 0,
      output_offset INTEGER NOT NULL DEFAULT 0,
      log_seq INTEGER NOT NULL DEFAULT 0,
      log_bytes INTEGER NOT NULL DEFAULT 0,
      log_head INTEGER NOT NULL DEFAULT 0,
      log_cut INTEGER NOT NULL DEFAULT 0,
      created_at TEXT NOT NULL,
      started_at TEXT,
      updated_at TEXT NOT NULL,
      completed_at TEXT
    )`,
    `CREATE UNIQUE INDEX one_job_for_a_key ON jobs (caller, idempotency_key)
      WHERE idempotency_key IS NOT NULL`,
    // Whatever the code does, two jobs cannot both be at the host's packages.
    `CREATE UNIQUE INDEX one_job_at_work ON jobs ((1)) WHERE phase NOT IN ('queued', 'over')`,
    `CREATE INDEX jobs_not_over ON jobs (phase) WHERE phase <> 'over'`,
    `CREATE INDEX jobs_by_age ON jobs (created_at)`,
    `CREATE TABLE job_logs (
      job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
      seq INTEGER NOT NULL,
      timestamp TEXT NOT NULL,
      level TEXT NOT NULL,
      message TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      PRIMARY KEY (job_id, seq)
    ) WITHOUT ROWID`,
  ],
]
