import { defineConfig } from 'vite'

/** The manager serves what this builds; `npm start` elsewhere answers the API while the page is developed. */
export default defineConfig({
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Everything is a file with a hash in its name: the policy of the page then needs no exceptions.
    assetsInlineLimit: 0,
    // One script: all pages together are a tenth of it, the libraries under them the rest.
    chunkSizeWarningLimit: 1000,
    // `use client` in libraries means something to servers that render; there is none here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  server: {
    proxy: { '/api': { target: 'https://localhost:8443', secure: false, ws: true } },
  },
})
