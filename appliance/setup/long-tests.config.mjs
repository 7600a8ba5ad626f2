import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lengthyTests } from './lengthy-tests.mjs'

const root = join(import.meta.dirname, '../..')
/** Those that try values at random: the same ones in each `npm test`, others each time here. */
const random = globSync('test/**/*.test.ts', { cwd: root }).filter((file) =>
	readFileSync(join(root, file), 'utf8').includes(`from 'fast-check'`),
)

/** Vitest for the tests of test/long and what else takes long: one file at a time, however long it takes. */
// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		include: ['test/long/**/*.test.ts', ...random, ...lengthyTests],
		// Those of test/long play them in more rounds.
		exclude: [
			'test/browser/panel-{pad,sound}.test.ts',
			'test/drivers/**/{fuzz,presses}.test.ts',
			'test/scene/panel-lost.test.ts',
		],
		testTimeout: 0,
		hookTimeout: 0,
		fileParallelism: false,
	},
}
