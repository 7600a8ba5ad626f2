import { descendants } from '../scene/processes.ts'
import { relayPids } from '../scene/relay-parts.ts'
import type { Part, Way } from './plan.ts'

/** What is known of each part from outside: which processes it is, what the log says of its loss, and what is promised. */
interface Known {
	/** In the table of results. */
	name: string
	/** None: it does not run now. */
	pids(service: number): number[]
	/** The log's word that it was noticed, by how it failed; null: nobody is left to say so. */
	noticed: Record<Way, RegExp> | null
	/** By design.md §6; null: nothing is. */
	promised: Record<Way, { noticedMs: number | null; backMs: number }>
}

/** SFU worker, Chromium, ffmpeg. */
const replaced = { killed: { noticedMs: 1_000, backMs: 5_000 }, hung: { noticedMs: 3_000, backMs: 10_000 } }
const asOne = (said: RegExp) => ({ killed: said, hung: said })

const isBrowser = (name: string) => (command: string) =>
	command.startsWith('/usr/lib/chromium/') && command.includes(`maru-${name}-`)

/** Of a browser the process that the others belong to: the oldest of its name. The younger one stands by. */
function browserOf(service: number, name: string): number[] {
	const main = descendants(service).find(({ parent, command }) => parent === service && isBrowser(name)(command))
	return main ? [main.pid] : []
}

const withCommand = (service: number, look: RegExp) =>
	descendants(service).flatMap(({ pid, command }) => (look.test(command) ? [pid] : []))

export const known: Record<Part, Known> = {
	service: {
		name: 'service',
		pids: (service) => [service],
		noticed: null,
		promised: { killed: { noticedMs: 1_000, backMs: 15_000 }, hung: { noticedMs: null, backMs: 25_000 } },
	},
	devices: {
		name: 'devices process',
		pids: (service) => withCommand(service, /devices\/process\.ts/),
		noticed: { killed: /^the devices process ended/, hung: /^the devices process hangs/ },
		promised: { killed: { noticedMs: 1_000, backMs: 3_000 }, hung: { noticedMs: 1_000, backMs: 3_000 } },
	},
	worker: {
		name: 'SFU workers, all of them',
		pids: (service) => relayPids({ pid: service }, 'worker'),
		noticed: { killed: /^SFU worker is gone/, hung: /^SFU worker hangs/ },
		promised: replaced,
	},
	stage: {
		name: 'stage, Chromium',
		pids: (service) => browserOf(service, 'stage'),
		noticed: asOne(/^the stage is gone/),
		promised: replaced,
	},
	renderer: {
		name: 'stage, its renderer',
		pids: (service) => browserOf(service, 'stage').flatMap((main) => withCommand(main, /--type=renderer/)),
		noticed: asOne(/^the stage is gone/),
		promised: replaced,
	},
	programme: {
		name: 'programme, Chromium',
		pids: (service) => browserOf(service, 'programme'),
		noticed: asOne(/^the programme is gone/),
		promised: replaced,
	},
	ingest: {
		name: 'ffmpeg of a camera',
		pids: (service) => withCommand(service, /ffmpeg .*-f rtp -ssrc/),
		noticed: asOne(/^the picture of the camera broke off/),
		promised: replaced,
	},
	relay: {
		name: 'ffmpeg of the relay',
		pids: (service) => relayPids({ pid: service }, 'ffmpeg'),
		noticed: asOne(/^the relay has no picture/),
		promised: replaced,
	},
}
