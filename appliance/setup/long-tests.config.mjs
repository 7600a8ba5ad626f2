/** Vitest for the tests of test/long: one file at a time, however long it takes. */
// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: { include: ['test/long/**/*.test.ts'], testTimeout: 0, hookTimeout: 0, fileParallelism: false },
}
