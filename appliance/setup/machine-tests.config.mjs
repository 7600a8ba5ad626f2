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

const project = (name, folder, groupOrder) => ({
	test: {
		...patient,
		name,
		include: [`${folder}/*.test.ts`],
		globalSetup: `${folder}/set-up.ts`,
		sequence: { groupOrder },
	},
})
/** One machine for all files of a folder; an appliance that loses its power has one of its own. */
const projects = [project(machine, `test/${machine}`, 0)]
if (machine === 'vm') projects.push(project('appliance', 'test/vm/appliance', 1))

// biome-ignore lint/style/noDefaultExport: Vitest reads its configuration from the default export
export default {
	test: {
		projects,
		sequence: { sequencer: InOrder },
	},
}
