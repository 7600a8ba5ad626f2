import { describe, expect, it } from 'vitest'
import type { CameraReport } from '../../appliance/devices/messages.ts'
import { createReports, type Told } from '../../appliance/devices/reports.ts'

const front = { id: 'front', driver: 'visca-ip', host: '192.0.2.5' }
const left = { id: 'left', driver: 'visca-ip', host: '192.0.2.6' }
const report = (id: string, status: CameraReport['status']): CameraReport => ({
	...{ id, status, reason: null, state: null, capabilities: null },
})

function open() {
	const told: string[] = []
	const reports = createReports((event: Told) =>
		told.push(event.type === 'gone' ? `${event.id} gone` : `${event.id} ${event.status}`),
	)
	return { ...reports, told }
}

describe('What the room knows of its cameras', () => {
	it('begins anew for one that is new or changed, and ends for one that is gone', () => {
		const { configure, hear, told, all } = open()
		configure([front, left])
		hear(report('front', 'ready'))
		configure([{ ...front, host: '192.0.2.7' }])
		expect(told).toEqual(['front off', 'left off', 'front ready', 'left gone', 'front off'])
		expect(all()).toEqual([report('front', 'off')])
	})

	it('stays where nothing changed that the connection is made of', () => {
		const { configure, told } = open()
		configure([front])
		configure([{ ...front, feel: { invertPan: true, invertTilt: false, scale: 1 } }])
		configure([{ ...front, feel: undefined, port: undefined }])
		expect(told).toEqual(['front off'])
	})

	it('ignores what is said of one that is gone', () => {
		const { configure, hear, told, has } = open()
		configure([front])
		configure([])
		hear(report('front', 'ready'))
		expect(told).toEqual(['front off', 'front gone'])
		expect(has('front')).toBe(false)
	})

	it('counts how often a camera was opened anew, by whichever process', () => {
		const { configure, hear, lost, reconnects, told } = open()
		configure([front])
		expect(reconnects('front')).toBe(0)
		for (const status of ['failed', 'ready', 'moving', 'ready'] as const) hear(report('front', status))
		expect(reconnects('front')).toBe(0)
		// Silent for a moment, on the same connection.
		hear({ ...report('front', 'stale'), reason: 'no-answer' })
		hear(report('front', 'ready'))
		expect(reconnects('front')).toBe(0)
		hear(report('front', 'stale'))
		hear(report('front', 'ready'))
		lost()
		expect(told.at(-1)).toBe('front stale')
		hear(report('front', 'moving'))
		expect(reconnects('front')).toBe(2)
	})
})
