import { argon2 } from 'node:crypto'
import { promisify } from 'node:util'

/** How what people choose is stretched before it is kept. */

const derive = promisify(argon2)

/** OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB, two passes, one lane; as RFC 9106 has it for little memory. */
export const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

export const argon2id = (given: Parameters<typeof derive>[1]) => derive('argon2id', given)
