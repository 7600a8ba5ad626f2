import { BaseSequencer } from 'vitest/node'

/** Vitest for the tests that take a machine of their own; test-machine.sh says which machine. */
const machine = process.env.MARU_MACHINE

/** The service starts while devices are tested without it, and has ended when times are taken; last the package is removed. */
const last = ['service', 'timing', 'package']

class InOrder extends BaseSequencer {
	async sort(files) {
		const place = ({ moduleId }) => last.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
		return files.sort((one, other) => place(one) - place(other))
	}
}

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		include: [`test/${machine}/**/*.test.ts`],
		globalSetup: `test/${machine}/set-up.ts`,
		fileParallelism: false,
		sequence: { sequencer: InOrder },
		// What is slow in a machine that is played shall not look broken; the tests say themselves what is too slow.
		testTimeout: 180_000,
		hookTimeout: 180_000,
	},
}
