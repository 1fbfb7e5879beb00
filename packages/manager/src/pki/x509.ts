// Must come first: without it the next import throws.
import 'reflect-metadata'

export * from '@peculiar/x509'
