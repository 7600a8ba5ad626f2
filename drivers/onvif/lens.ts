import { DeviceError } from '../device.ts'
import { type Conversation, unlessRefused } from './conversation.ts'
import type { SoapRequest } from './soap.ts'
import { type Range, readRange } from './spaces.ts'
import { childOf, escapeXml, textAt, type XmlElement } from './xml.ts'

/** Focus by the imaging service (Imaging Service Specification, ver20), of the video source that the profile shows. */
export interface Lens {
	/** Near and far run until it is stopped. */
	readonly byHand: boolean
	focus(mode: 'auto' | 'near' | 'far' | 'stop'): Promise<void>
	/** 0 near .. 1 far; null: by itself. Rejects with 'unsupported' where it can't be sent to a place. */
	setFocus(focus: number | null): Promise<void>
	/** Null: it focuses by itself, or does not tell. */
	look(): Promise<number | null>
	/** It runs near or far until it is stopped. */
	readonly running: boolean
}

/** Part of full speed: as fast as a hand can follow. */
const pace = 0.5
const unit: Range = { low: 0, high: 1 }

/** Null: this camera's focus is its own affair. */
export async function findLens(talk: Conversation, source: string): Promise<Lens | null> {
	const request = (operation: string, more = '', line = ''): SoapRequest => ({
		...{ service: 'timg', operation, line: line === '' ? operation : `${operation} ${line}` },
		body: `<timg:VideoSourceToken>${escapeXml(source)}</timg:VideoSourceToken>${more}`,
	})
	const found = await talk.ask(request('GetMoveOptions')).catch(unlessRefused)
	const settings = await talk.ask(request('GetImagingSettings')).catch(unlessRefused)
	const options = childOf(found, 'MoveOptions')
	const speeds = rangeIn(childOf(options, 'Continuous'), 'Speed')
	const places = rangeIn(childOf(options, 'Absolute'), 'Position')
	if (!speeds && !places && !modeIn(settings)) return null

	const setMode = (mode: 'AUTO' | 'MANUAL') =>
		talk.ask(
			request(
				'SetImagingSettings',
				`<timg:ImagingSettings><tt:Focus><tt:AutoFocusMode>${mode}</tt:AutoFocusMode></tt:Focus></timg:ImagingSettings><timg:ForcePersistence>false</timg:ForcePersistence>`,
				mode,
			),
		)
	const move = (kind: string, line: string) => talk.ask(request('Move', `<timg:Focus>${kind}</timg:Focus>`, line))
	// By the specification a Move ends autofocus, but some refuse it until that is off; and some know no such setting.
	const byHand = () => setMode('MANUAL').catch(unlessRefused)
	let running = false

	return {
		byHand: speeds !== null,
		get running() {
			return running
		},
		async focus(mode) {
			if (mode === 'auto') {
				running = false
				await setMode('AUTO')
			} else if (mode === 'stop') {
				running = false
				if (speeds) await talk.ask(request('Stop'), { lane: 'stop' })
			} else {
				if (!speeds) throw new DeviceError('unsupported', 'this camera does not let its lens be driven')
				const anew = !running
				running = true
				if (anew) await byHand()
				const speed = (mode === 'far' ? speeds.high : speeds.low) * pace
				await move(`<tt:Continuous><tt:Speed>${speed}</tt:Speed></tt:Continuous>`, mode)
			}
		},
		async setFocus(focus) {
			running = false
			if (focus === null) return void (await setMode('AUTO'))
			if (!places) throw new DeviceError('unsupported', 'this camera does not let its focus be set')
			await byHand()
			const place = Number((places.low + focus * (places.high - places.low)).toFixed(4))
			await move(`<tt:Absolute><tt:Position>${place}</tt:Position></tt:Absolute>`, `${place}`)
		},
		async look() {
			const [settings, status] = await Promise.all([
				talk.ask(request('GetImagingSettings')).catch(unlessRefused),
				talk.ask(request('GetStatus')).catch(unlessRefused),
			])
			const at = Number(textAt(status, 'Status', 'FocusStatus20', 'Position') || Number.NaN)
			if (modeIn(settings) !== 'MANUAL' || !places || Number.isNaN(at)) return null
			const { low, high } = places
			return high === low ? null : Math.min(1, Math.max(0, (at - low) / (high - low)))
		},
	}
}

const modeIn = (settings: XmlElement | undefined) => textAt(settings, 'ImagingSettings', 'Focus', 'AutoFocusMode')

/** Null: it is not offered. */
function rangeIn(way: XmlElement | undefined, name: string): Range | null {
	return childOf(way, name) ? (readRange(way, name) ?? unit) : null
}
