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

/** What is slow in a machine that is played shall not look broken; the tests say themselves what is too slow. */
const patient = { fileParallelism: false, maxWorkers: 1, testTimeout: 180_000, hookTimeout: 180_000 }

/** One machine for all files of a folder; but an appliance that loses its power has one of its own, which each file makes. */
const shared = {
	test: {
		...patient,
		name: machine,
		include: [`test/${machine}/*.test.ts`],
		globalSetup: `test/${machine}/set-up.ts`,
		sequence: { groupOrder: 0 },
	},
}
const appliance = {
	test: { ...patient, name: 'appliance', include: ['test/vm/appliance/*.test.ts'], sequence: { groupOrder: 1 } },
}

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		projects: machine === 'vm' ? [shared, appliance] : [shared],
		sequence: { sequencer: InOrder },
	},
}
