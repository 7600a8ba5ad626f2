import { Device, FakeHandler, testFakeParameters, type types } from 'mediasoup-client'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Person, Result } from '../../../appliance/protocol/messages.ts'
import type { MeetingSocket, Surroundings } from '../../../control-panel/lib/meeting/stay.ts'

/** A hub at the socket's seam, and mediasoup-client's own stand-in for a browser's WebRTC. */

export class FakeHub {
	/** Every command of every socket, in order. */
	readonly heard: MeetingCommand[] = []
	/** Answers instead of the usual; null: silence. */
	answers: Partial<Record<MeetingCommand['type'], () => Result | null>> = {}
	people: Person[] = []
	revision = 1
	sockets = 0
	#listeners: Parameters<Surroundings['openSocket']>[0] | null = null

	readonly openSocket = (listeners: Parameters<Surroundings['openSocket']>[0]): MeetingSocket => {
		this.sockets++
		this.#listeners = listeners
		queueMicrotask(() => this.#listeners === listeners && listeners.onStatus('online'))
		return {
			send: async (command) => {
				this.heard.push(command)
				const answer = this.answers[command.type]
				const result = answer ? answer() : this.#usual(command)
				return result ?? { ok: false, code: 'timeout', message: 'silence' }
			},
			doubt: () => {},
			close: () => {
				if (this.#listeners === listeners) this.#listeners = null
			},
		}
	}

	say(message: MeetingMessage) {
		this.#listeners?.onMessage(message)
	}

	cut() {
		this.#listeners?.onStatus('away')
	}

	comeBack() {
		this.#listeners?.onStatus('online')
	}

	get closed(): boolean {
		return this.#listeners === null
	}

	all<T extends MeetingCommand['type']>(type: T): Extract<MeetingCommand, { type: T }>[] {
		return this.heard.filter((command): command is Extract<MeetingCommand, { type: T }> => command.type === type)
	}

	#usual(command: MeetingCommand): Result {
		switch (command.type) {
			case 'meeting.join':
			case 'relay.join':
				return { ok: true, data: joinResult(this.people, this.revision) }
			case 'media.open':
				return { ok: true, data: { consumers: [] } }
			default:
				return { ok: true }
		}
	}
}

function transport(id: string) {
	return { ...testFakeParameters.generateTransportRemoteParameters(), id }
}

const noList = { revision: 1, set: [] }

function joinResult(set: Person[], revision: number) {
	const meeting = { id: 'm', title: 't', kind: 'council', phase: 'open', startsAt: null, openedAt: 1 }
	return {
		person: 'me',
		resume: 'secret',
		role: 'member',
		name: 'me',
		core: { meeting, floor: { mode: 'open', speaking: [] }, at: 0 },
		people: { revision, set },
		lists: { asking: noList, seats: noList, agenda: noList, documents: noList },
		desk: null,
		ballots: null,
		check: null,
		asked: null,
		media: {
			routerRtpCapabilities: testFakeParameters.generateRouterRtpCapabilities(),
			send: transport('send'),
			receive: transport('receive'),
		},
	}
}

export async function loadFakeDevice(): Promise<types.Device> {
	const device = new Device({ handlerFactory: FakeHandler.createFactory(testFakeParameters) })
	await device.load({ routerRtpCapabilities: testFakeParameters.generateRouterRtpCapabilities() })
	return device
}

/** As much of a MediaStreamTrack as a sender looks at. */
export function fakeTrack(kind: 'audio' | 'video'): MediaStreamTrack {
	const track = Object.assign(new EventTarget(), {
		kind,
		id: crypto.randomUUID(),
		enabled: true,
		readyState: 'live',
		stop() {
			track.readyState = 'ended'
		},
		clone: () => fakeTrack(kind),
		getSettings: () => ({}),
	})
	return track as unknown as MediaStreamTrack
}

/** An offer as the hub makes one, in the parameters that the stand-in browser knows. */
export function offer(kind: 'audio' | 'video', source: string, person: string) {
	const mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8'
	const { id, rtpParameters } = testFakeParameters.generateConsumerRemoteParameters({ codecMimeType: mimeType })
	return { id, source, person, kind, rtpParameters }
}
