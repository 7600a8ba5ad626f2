import { lengthyTests } from './lengthy-tests.mjs'

/** Vitest for the tests of test/long and what else takes long: one file at a time, however long it takes. */
// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		include: ['test/long/**/*.test.ts', 'test/**/{*-properties,presses}.test.ts', ...lengthyTests],
		// Those of test/long play them in more rounds.
		exclude: ['test/browser/panel-{pad,sound}.test.ts', 'test/scene/panel-lost.test.ts'],
		testTimeout: 0,
		hookTimeout: 0,
		fileParallelism: false,
	},
}
