/** What was done, as it is put on record. */
export type Recorded = {
  id: string
  at: string
  actor_type: string
  actor_id: string | null
  actor_name: string
  action: string
  target_type: string | null
  target_id: string | null
  outcome: string
  ip: string | null
  request_id: string | null
  /** JSON. */
  details: string
}

export type AuditTables = {
  /** Each row bears its number, without gaps, the hash of the row before it, and its own. */
  audit: { seq: number; prev_hash: string; hash: string } & Recorded
  /** What earlier versions put on record, until the chain begins. Empty afterwards. */
  audit_unchained: Recorded
  /** One row: where the chain ends. */
  audit_head: {
    id: number
    seq: number
    hash: string
    /** How many checkpoints there are. */
    checkpoints: number
    /** Up to this number, rows of an earlier version were put into the chain afterwards. */
    chained_to: number
    /** Over all of it; empty until the chain begins. */
    mac: string
  }
  audit_checkpoint: {
    number: number
    /** Where the chain ended then. */
    seq: number
    hash: string
    /** The lowest number that is kept, and the hash of the row before it. */
    keeps_from: number
    kept_after: string
    at: string
    signature: string
  }
}
