import { join } from 'node:path'
import { compiled } from '../compiled.ts'

/** The generator's binary, as `compiled` makes it. */
export function generatorPath(): string {
	const sources = join(import.meta.dirname, 'generator')
	return compiled({ sources, name: 'people', libraries: ['-lssl', '-lcrypto'] })
}
