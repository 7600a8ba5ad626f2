import { createInterface } from 'node:readline'
import { type Hardware, type Kind, startHardware } from './hardware-kinds.ts'

/**
 * Virtual cameras of any kind in a process of their own, because they stand for hardware: nothing that happens to the
 * program that drives them may take them along. `hardware.ts '[{"id":"a","kind":"visca-ip","faults":{}}]'` (and
 * `"beside":"b"` for one on the line of another) prints one line with their configurations, then answers `look` (all
 * heads), `faults ID {…}`. With `arrivals` behind the list it prints when each drive arrived, in nanoseconds of the
 * machine's monotonic clock. Ends when standard input ends.
 */

const [wanted = '[]', arrivals] = process.argv.slice(2)
const list = JSON.parse(wanted) as { id: string; kind: Kind; faults?: object; beside?: string }[]
const devices: { id: string; device: Hardware }[] = []
for (const { id, kind, faults, beside } of list) {
	const neighbour = devices.find((one) => one.id === beside)?.device
	devices.push({ id, device: await startHardware(kind, faults ?? {}, neighbour) })
}
const say = (what: object) => console.log(JSON.stringify(what))

if (arrivals) {
	for (const { device } of devices) device.onDrive(() => console.log(String(process.hrtime.bigint())))
}
say({ configs: devices.map(({ id, device }) => ({ id, ...device.config })) })

createInterface({ input: process.stdin })
	.on('line', (line) => {
		const [word, id, ...rest] = line.split(' ')
		if (word === 'look') return say(Object.fromEntries(devices.map(({ id, device }) => [id, device.head()])))
		const found = devices.find((one) => one.id === id)
		if (found) Object.assign(found.device.faults, JSON.parse(rest.join(' ')))
		say({})
	})
	.on('close', async () => {
		await Promise.all(devices.map(({ device }) => device.close()))
		process.exit()
	})
