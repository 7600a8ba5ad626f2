import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openAttendee } from '../scene/attendee.ts'
import { launchPatiently } from '../scene/patient-browser.ts'
import { alive, descendants } from '../scene/processes.ts'
import { until } from '../scene/wait.ts'

/**
 * A day of the house in little, all of it within the network that this is started in: the demo room in its meeting, somebody
 * who attends with picture and sound, somebody who watches the relay, and each page opened once. Says what it saw.
 */

const root = join(import.meta.dirname, '../..')
const stayMs = Number(process.argv[2] ?? 60_000)
const dir = mkdtempSync(join(tmpdir(), 'maru-house-'))
const child = spawn(process.execPath, [join(root, 'appliance/ops/cli.ts'), 'run'], {
	cwd: root,
	env: { ...process.env, MARU_CONFIG: '', MARU_DATA: dir, MARU_PORT: '0' },
	stdio: ['ignore', 'pipe', 'inherit'],
})
let output = ''
child.stdout.on('data', (chunk) => {
	output += chunk
})
const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
const address = (name: string) => new RegExp(`^\\s*${name}\\s+(\\S+)$`, 'm').exec(output)?.[1]

try {
	const attend = await until('its addresses', () => address('attend'), 300_000)
	const { origin } = new URL(attend)
	const browser = await launchPatiently({
		...{ name: 'house', headless: true, fakeDevices: true },
		log: pino({ level: 'silent' }),
	})
	const member = await openAttendee(browser.puppeteer, attend, '김영희')
	await until('pictures', async () => (await member.stats()).videos.length >= 2, 180_000)
	const { videos: before } = await member.stats()

	const chair = new URL(address('chair') ?? '').hash.slice(1)
	const meeting = JSON.parse(String(Buffer.from(chair.split('.')[1] ?? '', 'base64url'))).meeting as string
	const started = await fetch(`${origin}/api/v1/meetings/${meeting}/relay/start`, {
		method: 'POST',
		headers: { authorization: `Bearer ${chair}` },
	})
	const watcher = await browser.puppeteer.newPage({ type: 'window' })
	await watcher.goto(address('watch') ?? '')
	let pages = 0
	for (const name of ['panel', 'desk', 'kiosk', 'lobby', 'counsel']) {
		const page = await browser.puppeteer.newPage({ type: 'window' })
		const response = await page.goto(address(name) ?? '')
		if (response?.ok()) pages += 1
		await sleep(2_000)
		await page.close()
	}
	await member.page.bringToFront()
	await sleep(stayMs)
	const { videos, audioSamples } = await member.stats()
	const frames = (list: typeof videos) => list.reduce((sum, { framesDecoded }) => sum + framesDecoded, 0)
	const playing = await watcher.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
	await browser.close()
	const decoded = frames(videos) - frames(before)
	console.log(JSON.stringify({ relay: started.status, pages, videos: videos.length, decoded, audioSamples, playing }))
} finally {
	const below = descendants(child.pid ?? 0)
	child.kill('SIGTERM')
	await ended
	await until('its processes to end', () => alive(below).length === 0)
	rmSync(dir, { recursive: true, force: true })
}
