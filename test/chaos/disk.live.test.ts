import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Crowd, openPeople } from '../bench/load/crowd.ts'
import { type OpenMeeting, openMeeting } from '../bench/load/meeting.ts'
import { type Appliance, openSite, type Site } from '../scene/appliance.ts'
import { openMember } from '../scene/member.ts'
import { alive, descendants } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'
import { watchJournal } from './witness.ts'

/**
 * The disk of the data folder fails in each of its ways while a meeting goes on: whoever asks for something is told that
 * it was not kept, sound goes on, and what was acknowledged is there afterwards. The disks are small ones of the test's own.
 */

const port = 27_180
const megabytes = 48
const sends = { microphone: { level: 60, kbps: 24, muted: false }, camera: null }

interface Disk {
	/** Nothing more can be kept on it. */
	fail(): void
	/** Null: only whoever mounts it anew, without the service, mends it. */
	mend: (() => void) | null
	/** As after a restart of the machine. */
	again(): void
	unmount(): void
}

let disk: Disk | null = null
let site: Site | null = null
let crowd: Crowd | null = null

afterEach(async () => {
	await crowd?.close()
	disk?.mend?.()
	// Its data are on the disk that goes.
	await site?.close().catch(() => {})
	disk?.unmount()
	if (site) rmSync(site.dir, { recursive: true, force: true })
	disk = site = crowd = null
})

const run = (...[program = '', ...words]: string[]) =>
	void execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })

/** `options` of tmpfs. `fill` takes all that there is of something, `free` gives it back. */
function inMemory(options: string, fill: (folder: string) => void): (folder: string) => Disk {
	return (folder) => {
		run('mount', '-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', folder)
		const ballast = join(folder, 'ballast')
		mkdirSync(ballast)
		return {
			fail: () => fill(ballast),
			mend: () => {
				rmSync(ballast, { recursive: true, force: true })
				mkdirSync(ballast)
			},
			again() {},
			unmount: () => run('umount', '-l', folder),
		}
	}
}

const full = inMemory(`size=${megabytes}m`, (folder) => {
	const file = openSync(join(folder, 'file'), 'a')
	for (const bytes of [1024 * 1024, 4_096, 1]) untilFull(() => writeSync(file, new Uint8Array(bytes)))
	closeSync(file)
})
const withoutInodes = inMemory(`size=${megabytes}m,nr_inodes=600`, (folder) => {
	let i = 0
	untilFull(() => writeFileSync(join(folder, `${i++}`), ''))
})

function untilFull(write: () => unknown) {
	try {
		for (;;) write()
	} catch (error) {
		if ((error as { code?: string }).code !== 'ENOSPC') throw error
	}
}

/** ext4 on a file; an error that it finds makes it read-only, as Debian mounts it. */
function readOnly(folder: string): Disk {
	const image = `${folder}.ext4`
	run('truncate', '-s', `${megabytes}M`, image)
	run('mkfs.ext4', '-q', image)
	const mount = () => run('mount', '-o', 'loop,errors=remount-ro', image, folder)
	mount()
	return {
		fail() {
			const [device = ''] = execFileSync('findmnt', ['-no', 'SOURCE', folder], { encoding: 'utf8' }).trim().split('\n')
			writeFileSync(`/sys/fs/ext4/${device.replace('/dev/', '')}/trigger_fs_error`, '1')
		},
		mend: null,
		again() {
			run('umount', folder)
			// 1: it has mended something.
			expect(spawnSync('fsck.ext4', ['-y', image]).status).toBeLessThanOrEqual(1)
			mount()
		},
		unmount() {
			run('umount', '-l', folder)
			rmSync(image, { force: true })
		},
	}
}

async function open(mount: (folder: string) => Disk): Promise<{ room: Appliance; meeting: OpenMeeting }> {
	site = await openSite({ addresses: [] }, port, { cameras: [] })
	const folder = join(site.dir, 'data')
	mkdirSync(folder)
	disk = mount(folder)
	const room = await site.start()
	const meeting = await openMeeting(room, { microphones: 2 })
	crowd = await openPeople({ origin: room.origin, token: () => meeting.token('member'), count: 3, sends: () => sends })
	expect(crowd.refused).toEqual([])
	await meeting.clerk.get({ type: 'floor.grant', who: crowd.people[0]?.person ?? '' })
	await until('sound', async () => ((await crowd?.stat())?.received ?? 0) > 50)
	return { room, meeting }
}

/** Notes until one is refused, or so many. */
async function notes({ clerk }: OpenMeeting, most: number) {
	const kept: string[] = []
	let code: string | null = null
	for (let i = 0; i < most && code === null; i++) {
		const text = `쪽지 ${randomUUID()} ${'가'.repeat(600)}`
		const result = await clerk.ask({ type: 'minutes.note', text })
		if (result.ok) kept.push(text)
		else code = result.code
	}
	return { kept, code }
}

async function soundGoesOn(room: Appliance) {
	const before = (await crowd?.stat())?.received ?? 0
	await until('sound to go on', async () => ((await crowd?.stat())?.received ?? 0) > before + 100)
	expect(crowd?.dropped()).toEqual([])
	expect((await fetch(`${room.origin}/api/v1/health`)).status).toBe(200)
}

/** A power cut, and everything acknowledged is in the journal. */
async function afterPowerCut(room: Appliance, meeting: OpenMeeting, kept: readonly string[]) {
	const below = descendants(room.pid)
	room.kill('SIGKILL')
	await room.ended
	await until('its processes to be gone', () => alive(below).length === 0)
	disk?.again()
	await site?.start()
	const journal = watchJournal(join(site?.dir ?? '', 'data/maru.db'), meeting.id)
	expect(journal.breaches(kept)).toEqual([])
	expect(journal.fault()).toBeNull()
}

const isRoot = process.getuid?.() === 0
const hasLoop = existsSync('/dev/loop-control') && readdirSync('/sys/fs').includes('ext4')

describe.skipIf(!isRoot)('A meeting goes on, and loses nothing that was acknowledged, when', () => {
	it('the disk is full, and when there is room again', async () => {
		const { room, meeting } = await open(full)
		const gone = await openMember({ origin: room.origin, token: meeting.token('member'), name: '가는 이' })
		disk?.fail()
		const { kept, code } = await notes(meeting, 20_000)
		expect(code).toBe('not-saved')
		gone.close()
		await sleep(3_000)
		await soundGoesOn(room)
		disk?.mend?.()
		const more = await notes(meeting, 3)
		expect(more).toMatchObject({ code: null })
		const away = () => meeting.clerk.people.find(({ id }) => id === gone.person)
		await until('whoever went to be away', () => away()?.here !== true)
		console.log(`${kept.length} notes before the disk was full`)
		// And it starts on a full one.
		disk?.fail()
		const last = await notes(meeting, 20_000)
		expect(last.code).toBe('not-saved')
		await afterPowerCut(room, meeting, [...kept, ...more.kept, ...last.kept])
		disk?.mend?.()
		const clerk = await openMember({ origin: room.origin, token: meeting.token('clerk'), name: '서기' })
		await until('a note to be kept', async () => (await clerk.ask({ type: 'minutes.note', text: '끝' })).ok)
		clerk.close()
	})

	it('the disk has no inodes left', async () => {
		const { room, meeting } = await open(withoutInodes)
		disk?.fail()
		const { kept, code } = await notes(meeting, 50)
		expect(code).toBeNull()
		await soundGoesOn(room)
		disk?.mend?.()
		await afterPowerCut(room, meeting, kept)
	})

	it.skipIf(!hasLoop)('the disk has become read-only', async () => {
		const { room, meeting } = await open(readOnly)
		const { kept } = await notes(meeting, 20)
		const gone = await openMember({ origin: room.origin, token: meeting.token('member'), name: '가는 이' })
		disk?.fail()
		const more = await notes(meeting, 20_000)
		expect(more.code).toBe('not-saved')
		gone.close()
		await sleep(3_000)
		await soundGoesOn(room)
		await afterPowerCut(room, meeting, [...kept, ...more.kept])
	})
})
