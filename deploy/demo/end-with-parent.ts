/**
 * Loaded into the manager before its own code. The channel to the demo closes however the demo
 * ends, kill -9 included, and then the manager stops as if it had been asked to.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
