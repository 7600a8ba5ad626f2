import { setTimeout as sleep } from 'node:timers/promises'
import type { Wanted } from '../../../appliance/protocol/media.ts'
import type { MeetingCore, Person } from '../../../appliance/protocol/messages.ts'
import { Generator, type Stat } from './generator.ts'
import { GeneratedPerson } from './person.ts'
import { type Sends, usualSends } from './streams.ts'

/** Lines of the tiles: one large, the others as a strip shows them. */
const large = 360
const small = 180
/** SSRCs of one person: a microphone and up to three layers. */
const ssrcsEach = 4

export interface CrowdOptions {
	/** http://127.0.0.1:PORT */
	origin: string
	/** The token of each person's link; one shared link may serve all. */
	token: (i: number) => string
	count: number
	/** How they are named on a shared link. */
	name?: (i: number) => string
	/** Default: as W80 has it. */
	sends?: (i: number) => Sends
	/** How many come in a second, default 20. */
	perSecond?: number
	/** How many pictures each one shows, default 9. */
	pictures?: number
	/** Whether they listen, default yes. */
	hears?: boolean
}

/** Generated people in one meeting, all in one generator. */
export interface Crowd {
	readonly people: GeneratedPerson[]
	/** Those who could not come in, with what they were told. */
	readonly refused: string[]
	readonly generator: Generator
	/** From now on each one shows so many pictures. */
	show(pictures: number): Promise<void>
	/** Everything counted since `reset`. */
	stat(): Promise<Stat>
	reset(): void
	/** Those who fell out, with the reason. */
	dropped(): string[]
	close(): Promise<void>
}

/** What a person in speaker view shows: whoever has the floor, large, and a strip of those who follow themselves. */
function speakerView(count: number, people: readonly Person[], me: string, core: MeetingCore): Wanted['video'] {
	if (count === 0) return []
	const all = [...people].sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1))
	const own = all.findIndex(({ id }) => id === me)
	const speaker = core.floor.speaking.at(-1)?.who
	const line = [...all.slice(own + 1), ...all.slice(0, Math.max(0, own))]
	const others = [...line.filter(({ id }) => id === speaker), ...line.filter(({ id }) => id !== speaker)]
	const sources = others.flatMap(({ sources }) => sources.find(({ kind }) => kind === 'video')?.id ?? [])
	return sources.slice(0, count).map((source, i) => ({ source, height: i === 0 ? large : small }))
}

/** Brings people into a meeting, at a steady pace. Resolves when the last of them is in or was refused. */
export async function openPeople(options: CrowdOptions): Promise<Crowd> {
	const { origin, token, count, sends = () => usualSends, perSecond = 20, hears = true } = options
	const name = options.name ?? ((i: number) => `${i + 1}번 국장`)
	let pictures = options.pictures ?? 9
	const generator = await Generator.start()
	const people: GeneratedPerson[] = []
	const refused: string[] = []
	await Promise.all(
		Array.from({ length: count }, async (_, i) => {
			await sleep((i * 1_000) / perSecond)
			try {
				const one = await GeneratedPerson.join({
					generator,
					origin,
					token: token(i),
					name: name(i),
					sends: sends(i),
					ssrc: 10_000 + i * ssrcsEach,
					hears,
					pictures: (...of) => speakerView(pictures, ...of),
				})
				people.push(one)
			} catch (error) {
				refused.push(error instanceof Error ? error.message : String(error))
			}
		}),
	)
	const looking = setInterval(() => {
		for (const one of people) void one.look()
	}, 1_000)

	return {
		people,
		refused,
		generator,
		async show(more) {
			pictures = more
			await Promise.all(people.map((one) => one.look()))
		},
		stat: () => generator.stat(),
		reset: () => generator.order('reset'),
		dropped: () => people.flatMap(({ dropped }) => dropped ?? []),
		async close() {
			clearInterval(looking)
			await Promise.all(people.map((one) => one.leave()))
			await generator.close()
		},
	}
}
