import { vi } from 'vitest'

/** Resolves once nothing is thrown any more. Only a hang takes so long: Vitest's own second is no time for a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 30_000 })
