import { z } from 'zod'

// Zod would try `new Function` to be faster, and the page's policy would report each try.
// It asks when a schema is made, so this file comes before all that make one.
z.config({ jitless: true })
