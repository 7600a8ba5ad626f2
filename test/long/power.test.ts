import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomOf } from '../chaos/plan.ts'
import { canForget, type ForgetfulDisk, mountForgetful } from '../power/forgetful-disk.ts'
import { type Ledger, openLedger } from '../power/ledger.ts'
import { listenFrom } from '../scene/appliance.ts'
import { until } from '../scene/wait.ts'
import { startLoad } from '../vm/appliance/load.ts'
import { examine } from '../vm/appliance/witness.ts'

/**
 * What a power cut would leave of the data, while somebody outside writes: the service runs on this machine, its data lie on
 * a disk that forgets what was not flushed. Each look is one cut. That the appliance comes back by itself afterwards,
 * `npm run test:vm` shows, at a tenth of this pace.
 *
 * MARU_LOOKS (20). MARU_SEED repeats moments and losses; it is printed.
 */

const looks = Number(process.env.MARU_LOOKS ?? 20)
const seed = Number(process.env.MARU_SEED ?? Date.now() % 1_000_000)
/** The next moment at which something is written and not flushed. */
const amidMs = 2_000
const port = 27_480
const root = join(import.meta.dirname, '../..')
const command = ['--disable-warning=ExperimentalWarning', join(root, 'appliance/ops/cli.ts')]

let folder: string
let disk: ForgetfulDisk | null = null
let service: ChildProcess | null = null

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'maru-forgetful-'))
})
afterEach(async () => {
	if (service?.kill('SIGKILL')) await once(service, 'exit')
	await disk?.close()
	rmSync(folder, { recursive: true, force: true })
	service = disk = null
})

interface Seen {
	ledger: Ledger
	faults: string[]
	lost: string[]
	/** Blocks that were not flushed, and not kept. */
	forgotten: number
}

/** `options`: of the mount. */
async function look(times: number, options: string): Promise<Seen> {
	console.log(`seed ${seed} (MARU_SEED repeats it)`)
	const random = randomOf(seed)
	disk = await mountForgetful(folder, seed, options)
	const { image, mounted, server } = disk
	const file = join(folder, 'maru.yaml')
	writeFileSync(file, JSON.stringify({ room: { name: '대회의실' }, speakerphone: 'none', listen: listenFrom(port) }))
	// Browsers write nothing, and would take the time of what does.
	const own = { MARU_CONFIG: file, MARU_DATA: join(mounted, 'var/lib/maru'), MARU_BROWSERS: '/nowhere', MARU_PORT: '' }
	const env = { ...process.env, ...own }
	const create = [...command, 'token', 'create', '--role', 'admin']
	const token = (await promisify(execFile)(process.execPath, create, { env })).stdout.trim()
	service = spawn(process.execPath, [...command, 'run'], { env, stdio: 'ignore' })
	const origin = `http://127.0.0.1:${port}`
	await until(
		'an answer',
		() =>
			fetch(`${origin}/api/v1/health`).then(
				({ ok }) => ok || null,
				() => null,
			),
		300_000,
	)

	const seen: Seen = { ledger: openLedger(), faults: [], lost: [], forgotten: 0 }
	const load = await startLoad({ origin, token, round: 1, ledger: seen.ledger, times: new Map() })
	const examined = join(folder, 'examined')
	mkdirSync(examined)
	for (let n = 0; n < times; n++) {
		await Promise.race([sleep(200 + random() * 2_000), load.over])
		await server.amidWrites(amidMs)
		const { cut, seen: testimony } = await server.rehearseCut(() => examine(image, examined))
		seen.forgotten += cut.lost + cut.torn
		seen.faults.push(...testimony.faults)
		seen.lost.push(...seen.ledger.missing(testimony.found))
	}
	load.end()
	await load.over
	return seen
}

describe.skipIf(!canForget)('Data whose power is cut while somebody writes', () => {
	it(`are whole, and hold all that was acknowledged, ${looks} times`, async () => {
		const { ledger, faults, lost, forgotten } = await look(looks, 'defaults')
		console.log({ acknowledged: ledger.counts(), faults: faults.length, lost: lost.length, forgotten })
		expect(faults).toEqual([])
		expect(lost).toEqual([])
		expect(Object.values(ledger.counts()).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(looks)
	})

	it('are seen to be lost where nothing is asked to be flushed: else the looks above were at no cuts', async () => {
		const { faults, lost } = await look(2, 'nobarrier')
		expect(faults.length + lost.length).toBeGreaterThan(0)
	})
})
