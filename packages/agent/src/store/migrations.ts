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
  [
    // What a job was asked for before names became versions, to ask again; its names, for a list.
    `ALTER TABLE jobs ADD COLUMN asked TEXT`,
    `ALTER TABLE jobs ADD COLUMN names TEXT`,
    `ALTER TABLE jobs ADD COLUMN expected_digest TEXT`,
    `ALTER TABLE jobs ADD COLUMN original_job_id TEXT`,
    `ALTER TABLE jobs ADD COLUMN reboot TEXT`,
    `ALTER TABLE jobs ADD COLUMN scheduled_at TEXT`,
    `ALTER TABLE jobs ADD COLUMN cancel_requested_at TEXT`,
    `ALTER TABLE jobs ADD COLUMN groups_done INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE jobs ADD COLUMN retries TEXT NOT NULL DEFAULT '[]'`,
    // A job that waits for its reboot is not at the host's packages, and may wait for days.
    `DROP INDEX one_job_at_work`,
    `CREATE UNIQUE INDEX one_job_at_work ON jobs ((1))
      WHERE phase NOT IN ('queued', 'reboot', 'over')`,
    `CREATE UNIQUE INDEX one_rollback_of_a_job ON jobs (original_job_id)
      WHERE original_job_id IS NOT NULL AND status IN ('pending', 'running')`,
    `CREATE TABLE job_snapshots (
      job_id TEXT NOT NULL PRIMARY KEY REFERENCES jobs (job_id) ON DELETE CASCADE,
      before TEXT NOT NULL,
      after TEXT,
      saved TEXT NOT NULL
    )`,
    `CREATE TABLE previews (
      digest TEXT NOT NULL PRIMARY KEY,
      changes TEXT NOT NULL,
      seen_at TEXT NOT NULL
    )`,
    `CREATE TABLE list_failures (
      only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
      message TEXT NOT NULL
    )`,
  ],
]
