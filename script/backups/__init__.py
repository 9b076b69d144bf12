"""One file that holds the register (pg_dump), sealed with age, and the way back (pg_restore)."""
