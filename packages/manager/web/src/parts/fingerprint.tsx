/** A fingerprint in groups of four, for the eye; copied, it is one word again. */
export function Fingerprint({ value, label }: { value: string; label: string }) {
  const [, scheme = '', digits = value] = /^(\w+:)?(.*)$/s.exec(value) ?? []
  const groups = digits.match(/.{1,4}/gs) ?? []
  return (
    <span className="fingerprint" role="group" aria-label={label}>
      {scheme && <span>{scheme}</span>}
      <wbr />
      {groups.map((group, place) => (
        // The groups of one fingerprint never move.
        <Group key={place} text={group} />
      ))}
    </span>
  )
}

const Group = ({ text }: { text: string }) => (
  <>
    <span>{text}</span>
    <wbr />
  </>
)
