import { watch } from 'node:fs'

const QUIET_MS = 200

/**
 * Calls back once a folder has been quiet again after a change. The folder is watched and not its files,
 * because editors and configuration management put a new file in the place of the old one.
 */
export function watchFolder(folder: string, onChange: () => void, quietMs = QUIET_MS) {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(folder, () => {
    clearTimeout(timer)
    timer = setTimeout(onChange, quietMs)
  })
  // A folder that goes away takes its watch with it; what is read again by the clock still notices.
  watcher.on('error', () => watcher.close())

  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
