/**
 * A reporter for Vitest that says the whole result in its last line, for scripts and CI. A run in which no test ran
 * is a failure: something keeps the tests from being found.
 */
// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its default export
export default class ClosingLine {
	onTestRunEnd(modules) {
		const count = { passed: 0, failed: 0, skipped: 0 }
		for (const module of modules) {
			const states = [...module.children.allTests()].map((test) => test.result().state)
			for (const state of states) count[state === 'pending' ? 'skipped' : state] += 1
			// A file that could not even be loaded, or whose hooks failed, has no failed test to show for it.
			if (module.state() === 'failed' && !states.includes('failed')) count.failed += 1
		}
		if (count.passed + count.failed === 0) process.exitCode = 1
		process.on('exit', () => {
			process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
		})
	}
}
