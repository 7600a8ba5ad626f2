/**
 * Vitest for `npm run test:chaos`: the kill campaign and every other fault, one file at a time. Cameras that must stop,
 * journals that must be whole, attendees whose network fails and clients who mean harm are scenes of their own.
 */
// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		include: ['test/chaos/**/*.test.ts', 'test/scene/{hostile-viewer,kills,meeting-kills,return}.test.ts'],
		testTimeout: 0,
		hookTimeout: 0,
		fileParallelism: false,
	},
}
