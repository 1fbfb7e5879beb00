import { useLayoutEffect, useRef, useState } from 'react'

/** Keeps a box scrolled to its end as it grows, until the reader scrolls up. */
export function useFollow(length: number) {
  const box = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)

  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [following, length])

  function onScroll() {
    if (!box.current) return
    const { scrollHeight, scrollTop, clientHeight } = box.current
    // A few pixels either way: zoomed pages stop at fractions.
    setFollowing(scrollHeight - scrollTop - clientHeight < 24)
  }
  return { box, following, follow: () => setFollowing(true), onScroll }
}
