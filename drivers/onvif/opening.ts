import { DeviceError } from '../device.ts'
import { type Conversation, unlessRefused } from './conversation.ts'
import { getProfiles, type Media, type Profile, readProfiles } from './media.ts'
import { getConfigurationOptions, getNode } from './ptz.ts'
import { readCapabilities, readServices } from './services.ts'
import type { SoapRequest } from './soap.ts'
import { type Coordinates, readCoordinates, type Travel } from './spaces.ts'
import { childOf, textAt, type XmlElement } from './xml.ts'

/** What a camera is asked when it is opened, step by step; what it must be told is not here. */

/** A handshake takes a small camera a second. */
const firstMs = 2_500
/** GetProfiles is the dearest question of all: some cameras take a second for it. */
const profilesMs = 2_500
/** Slots that the room can use at all. */
const mostSlots = 100
const usualSlots = 16

const device = (operation: string, body = ''): SoapRequest => ({ service: 'tds', operation, body })

/** Its clock and its services. Fills in the paths of the conversation. */
export async function greet(talk: Conversation): Promise<void> {
	await talk.measureClock(firstMs)
	const paths = await talk
		.ask(device('GetServices', '<tds:IncludeCapability>false</tds:IncludeCapability>'))
		.then(readServices)
		// Older than GetServices, or without sense: the older question.
		.catch((error: unknown) => (isAnswered(error) ? new Map() : Promise.reject(error)))
	const found = paths.size > 0 ? paths : readCapabilities(await talk.ask(device('GetCapabilities', everything)))
	for (const [service, path] of found) talk.paths.set(service, path)
}

const everything = '<tds:Category>All</tds:Category>'

/**
 * The first profile that can be moved, or the first of all. Media before Media2: it is the better worn path, and there are
 * cameras whose Media2 answers nonsense. Both are told in the order in which they are of use.
 */
export async function findProfile(talk: Conversation): Promise<{ profile: Profile; media: Media[] }> {
	const offered = (['trt', 'tr2'] as const).filter((media) => talk.paths.has(media))
	let failure: unknown = new DeviceError('unsupported', 'the camera has no media service')
	for (const media of offered) {
		try {
			const profiles = readProfiles(await talk.ask(getProfiles(media), { limitMs: profilesMs }))
			const profile = profiles.find(({ ptz }) => ptz) ?? profiles[0]
			// A wrong password looks like this with some: let in, and shown nothing.
			if (profile) return { profile, media: [media, ...offered.filter((other) => other !== media)] }
			failure = new DeviceError('rejected', 'the camera has no profile for this user')
		} catch (error) {
			if (!isAnswered(error)) throw error
			failure = error
		}
	}
	throw failure
}

export interface Identity {
	readonly model: string | null
	readonly firmware: string | null
}

export async function identify(talk: Conversation): Promise<Identity> {
	const told = await talk.ask(device('GetDeviceInformation')).catch(unlessRefused)
	const names = [textAt(told, 'Manufacturer'), textAt(told, 'Model')].filter(Boolean)
	return {
		model: names.length > 0 ? names.join(' ').slice(0, 100) : null,
		firmware: textAt(told, 'FirmwareVersion')?.slice(0, 100) || null,
	}
}

/** How the profile's head is told where to go, and how many places it remembers. */
export async function measure(
	talk: Conversation,
	ptz: XmlElement,
	travel: Travel | null,
): Promise<{ coordinates: Coordinates; slots: number }> {
	const token = ptz.attributes.get('token') ?? ''
	const nodeToken = textAt(ptz, 'NodeToken')
	const [options, node] = await Promise.all([
		talk.ask(getConfigurationOptions(token)).catch(unlessRefused),
		nodeToken === undefined ? undefined : talk.ask(getNode(nodeToken)).catch(unlessRefused),
	])
	const most = Number(textAt(childOf(node, 'PTZNode'), 'MaximumNumberOfPresets') || Number.NaN)
	return {
		coordinates: readCoordinates(ptz, childOf(options, 'PTZConfigurationOptions'), travel),
		slots: Number.isNaN(most) ? usualSlots : Math.min(most, mostSlots),
	}
}

/** It said something, whatever that was. */
function isAnswered(error: unknown): boolean {
	return error instanceof DeviceError && ['rejected', 'unsupported', 'protocol'].includes(error.code)
}
