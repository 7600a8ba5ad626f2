import { vi } from 'vitest'
import { parseDescriptor } from '../../../drivers/hid-telephony/descriptor.ts'
import { layoutOf } from '../../../drivers/hid-telephony/layout.ts'
import { createSession, type Output } from '../../../drivers/hid-telephony/session.ts'
import type { CallLamps, SpeakerphoneEvent } from '../../../drivers/speakerphone.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import type { PhoneModel } from '../../../drivers/virtual/phone-models.ts'
import { notation } from '../hex.ts'

/**
 * A device's firmware, our codec and session, and a room that decides, all on the test's own clock: a transfer takes a
 * millisecond each way, and the room answers each press in turn after `latencyMs()`.
 */
export function converse(model: PhoneModel, latencyMs: () => number) {
	const phone = new VirtualPhone(model)
	const layout = layoutOf(parseDescriptor(phone.descriptor))
	if (!layout) throw new Error('no telephone')
	let call: CallLamps = { offHook: false, muted: false, ringing: false, held: false }
	const session = createSession(layout, call)
	const events: SpeakerphoneEvent[] = []
	/** Settled shows, in order. */
	const settled: number[] = []
	let lastId = 0
	let shownAt = 0
	let answerAt = 0
	/** Asked for, and not answered yet. */
	const open: [string, boolean][] = []
	/** Reports on the wire, either way. */
	let underWay = 0
	let wake: NodeJS.Timeout | undefined
	/** What was said, for whoever has to find out. */
	const trace: string[] = []
	const note = (what: string) => trace.push(`${now()} ${what}`)

	const now = () => performance.now()

	function transfer(arrive: () => void): void {
		underWay += 1
		setTimeout(() => {
			underWay -= 1
			arrive()
		}, 1)
	}

	function perform(outputs: Output[]): void {
		for (const output of outputs) {
			if (output.type === 'write') {
				for (const report of output.reports) {
					note(`> ${notation(report)}`)
					transfer(() => phone.onOutput(report[0] === 0 ? report.subarray(1) : report))
				}
				setTimeout(() => perform(session.written(now())), 1)
			} else if (output.type === 'event') {
				events.push(output.event)
				note(JSON.stringify(output.event))
				open.push([output.event.type, wantedBy(output.event)])
				answerAt = Math.max(answerAt, now() + latencyMs())
				setTimeout(() => answer(output.event), answerAt - now())
			} else if (output.type === 'settled') settled.push(output.id)
			else if (output.type === 'wake') {
				clearTimeout(wake)
				wake = setTimeout(() => perform(session.tick(now())), Math.max(1, Math.ceil(output.at - now())))
			}
		}
	}

	function answer(event: SpeakerphoneEvent): void {
		open.shift()
		if (event.type === 'hook') show({ offHook: event.offHook, ringing: false })
		else if (event.type === 'mute') show({ muted: event.muted })
		else if (event.type === 'reject') show({ ringing: false })
		else if (event.type === 'hold') show({ held: !call.held })
	}

	function show(change: Partial<CallLamps>): void {
		call = { ...call, ...change }
		shownAt = now()
		note(`show ${JSON.stringify(change)}`)
		perform(session.show(++lastId, call, now()))
	}

	phone.emit = (report) => {
		note(`< ${notation(report)}`)
		transfer(() => perform(session.receive(report, now())))
	}
	show({})
	return {
		...{ phone, session, events, settled, layout, show },
		call: () => call,
		shown: () => lastId,
		shownAt: () => shownAt,
		/** What the room will show of it once it has answered all. */
		wish: (of: 'hook' | 'mute') =>
			open.findLast(([type]) => type === of)?.[1] ?? call[of === 'hook' ? 'offHook' : 'muted'],
		tail: () => trace.slice(-20).join('\n'),
		busy: () => underWay > 0,
	}
}

const wantedBy = (event: SpeakerphoneEvent) =>
	event.type === 'hook' ? event.offHook : event.type === 'mute' && event.muted

/** The clock stands until `advance`. */
export function ownClock(): { advance(ms: number): void; end(): void } {
	vi.useFakeTimers()
	return { advance: (ms) => vi.advanceTimersByTime(ms), end: () => vi.useRealTimers() }
}
