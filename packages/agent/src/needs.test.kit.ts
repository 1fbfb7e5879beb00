type Need = 'address' | 'apt' | 'openssl' | 'dpkg' | 'rpm' | 'root'
type Needs = {
  skipWithout: (need: Need) => string | false
  ownAddress: () => string | undefined
}

// By a computed name: the file lies outside this package, which the compiler would not have.
export const { skipWithout, ownAddress } = (await import(
  new URL('../../../test/needs.ts', import.meta.url).href
)) as Needs
