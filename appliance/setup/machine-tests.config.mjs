/** Vitest for the tests that take a machine of their own; test-machine.sh says which machine. */
const machine = process.env.MARU_MACHINE

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		include: [`test/${machine}/**/*.test.ts`],
		globalSetup: `test/${machine}/set-up.ts`,
		fileParallelism: false,
		// What is slow in a machine that is played shall not look broken; the tests say themselves what is too slow.
		testTimeout: 180_000,
		hookTimeout: 180_000,
	},
}
