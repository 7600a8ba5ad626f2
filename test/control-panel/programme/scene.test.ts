import { describe, expect, it } from 'vitest'
import { likelyNext } from '../../../control-panel/programme/scene.ts'
import { camera, feed, hall, person, picture, programme, speech, told } from './moments.ts'

const front = feed('정면')
const rear = feed('후면')
const slide = { document: 'd', page: 2, pages: 9, by: 'a' }
const a = person('a')
const b = person('b')

describe('a slate', () => {
	it('stands before the page is in the meeting, before the opening, and after the end', () => {
		const show = programme({ people: [hall(front)], phase: 'planned' })
		expect(told(show.see(1))).toBe('slate planned')
		expect(told(show.see(2, { phase: 'open' }))).toBe('wide feed-정면')
		expect(told(show.see(3, { phase: 'closed' }))).toBe('slate ended')
	})

	it('says since when the break is, and stays so', () => {
		const show = programme({ people: [hall(front)] })
		show.see(1)
		expect(show.see(10, { phase: 'suspended' }).slate).toEqual({ kind: 'suspended', since: 10_000 })
		expect(show.see(70).slate).toEqual({ kind: 'suspended', since: 10_000 })
	})

	it('says no time that it cannot know', () => {
		const show = programme({ people: [hall(front)], phase: 'suspended' })
		expect(show.see(1).slate).toEqual({ kind: 'suspended', since: null })
		expect(show.see(2).slate?.since).toBeNull()
	})

	it('hides a part that is not public, whatever was arranged or held', () => {
		const show = programme({ people: [hall(front), a], speaking: [speech('a', 0)] })
		expect(told(show.see(1))).toBe('speaker face-a')
		const hidden = { closed: true, hold: true, layout: 'wide', source: 'face-a' } as const
		const scene = show.see(2, { programme: hidden })
		expect(told(scene)).toBe('slate closed')
		expect([scene.pictures, scene.strip]).toEqual([[], null])
	})

	it('names the meeting where nobody is to be seen', () => {
		expect(told(programme({ people: [person('a', [])] }).see(1))).toBe('slate title')
	})
})

describe('the speaker', () => {
	it('is cut to the moment they get the floor, with their name', () => {
		const show = programme({ people: [hall(front), a, b], speaking: [speech('a', 0)] })
		expect(told(show.see(1))).toBe('speaker face-a')
		const scene = show.see(5, { speaking: [speech('b', 5000)] })
		expect(told(scene)).toBe('speaker face-b')
		expect(scene.strip).toEqual({ name: 'B', title: '과장', bureau: '복지국', kind: 'speak' })
		expect(scene.pictures[0]?.place).toEqual({ x: 0, y: 0, width: 1, height: 1 })
	})

	it('in the hall is seen by the camera that is aimed at them', () => {
		const show = programme({
			people: [hall(front, rear)],
			speaking: [speech('seat-3', 0, { seat: '3', feed: rear.id, steps: camera('done') })],
		})
		expect(told(show.see(1))).toBe('speaker feed-후면')
	})

	it('whom no camera shows is heard before the hall as a whole, and named', () => {
		const show = programme({ people: [hall(front)], speaking: [speech('seat-3', 0, { seat: '3' })] })
		const scene = show.see(1)
		expect([told(scene), scene.strip?.name]).toEqual(['wide feed-정면', 'SEAT-3'])
	})

	it('is waited for a moment while the camera answers, so that there is one cut and not two', () => {
		const show = programme({ people: [hall(front, rear), a], speaking: [speech('a', 0)] })
		show.see(1)
		const seat = { seat: '3', steps: camera('asked') }
		expect(told(show.see(10, { speaking: [speech('seat-3', 10_000, seat)] }))).toBe('speaker face-a')
		expect(told(show.see(10.1))).toBe('speaker face-a')
		const aimed = { ...seat, feed: rear.id, steps: camera('done') }
		expect(told(show.see(10.15, { speaking: [speech('seat-3', 10_000, aimed)] }))).toBe('speaker feed-후면')
		expect(told(show.see(20, { speaking: [speech('seat-4', 20_000, seat)] }))).toBe('speaker feed-후면')
		expect(told(show.see(20.3))).toBe('wide feed-정면')
	})

	it('without a camera is a card with their name', () => {
		const show = programme({ people: [hall(front), person('a', [])], speaking: [speech('a', 0)] })
		expect(told(show.see(1))).toBe('speaker A')
	})

	it('keeps the picture while a first camera is turned on', () => {
		const show = programme({ people: [person('a', [])], speaking: [speech('a', 0)] })
		expect(told(show.see(1))).toBe('speaker A')
		expect(told(show.see(2, { people: [a] }))).toBe('speaker face-a')
	})

	it('gives way to whoever is put before all', () => {
		const show = programme({ people: [hall(front), a, b], speaking: [speech('a', 0)], core: { spotlight: 'b' } })
		const scene = show.see(1)
		expect([told(scene), scene.strip?.name]).toEqual(['speaker face-b', 'B'])
	})
})

describe('silence', () => {
	it('leads to the wide only after a while, and a breath leads nowhere', () => {
		const show = programme({ people: [hall(front), a], speaking: [speech('a', 0)] })
		show.see(1)
		expect(told(show.see(10, { speaking: [] }))).toBe('speaker face-a')
		expect(told(show.see(13.9))).toBe('speaker face-a')
		const scene = show.see(14)
		expect([told(scene), scene.strip]).toEqual(['wide feed-정면', null])
		expect(told(show.see(15, { speaking: [speech('a', 15_000)] }))).toBe('speaker face-a')
	})

	it('leaves a camera of the hall at once where somebody else is next: it may be on its way', () => {
		const aimed = { seat: '3', feed: rear.id, steps: camera('done') }
		const start = { people: [hall(front, rear)], speaking: [speech('seat-3', 0, aimed)] }
		const floor = programme(start).moment(0).core?.floor
		if (!floor) throw new Error('no floor')
		const alone = programme(start)
		alone.see(1)
		expect(told(alone.see(10, { speaking: [] }))).toBe('speaker feed-후면')
		const followed = programme({ ...start, core: { floor: { ...floor, nextSeat: '4' } } })
		followed.see(1)
		expect(told(followed.see(10, { core: { floor: { ...floor, speaking: [], nextSeat: '4' } } }))).toBe(
			'wide feed-정면',
		)
	})

	it('shows the same wide for as long as it is there', () => {
		const show = programme({ people: [hall(feed('정면', { live: false }), rear)] })
		expect(told(show.see(1))).toBe('wide feed-후면')
		expect(told(show.see(2, { people: [hall(front, rear)] }))).toBe('wide feed-후면')
		expect(told(show.see(3, { people: [hall(front)] }))).toBe('wide feed-정면')
	})

	it('shows not the camera that stands close before somebody who spoke', () => {
		const aimed = { seat: '3', feed: front.id, steps: camera('done') }
		const show = programme({ people: [hall(front, rear)], speaking: [speech('seat-3', 0, aimed)] })
		show.see(1)
		show.see(10, { speaking: [] })
		expect(told(show.see(20))).toBe('wide feed-후면')
	})

	it('shows faces where there is no hall, and keeps who was shown', () => {
		const faces = ['c', 'd', 'e', 'f', 'g'].map((id, index) => person(id, undefined, { joinedAt: index }))
		const show = programme({ people: faces.slice(1) })
		expect(told(show.see(1))).toBe('wide face-d face-e face-f face-g')
		expect(told(show.see(2, { people: faces }))).toBe('wide face-d face-e face-f face-g')
		expect(told(show.see(3, { people: faces.slice(0, 4) }))).toBe('wide face-c face-d face-e face-f')
		expect(show.see(3).pictures.map(({ strip }) => strip?.name)).toEqual(['C', 'D', 'E', 'F'])
	})
})

describe('where nobody has the floor', () => {
	it('whoever is heard is followed, and stays while they go on', () => {
		const show = programme({ people: [hall(front), a, b], talking: ['a'] })
		expect(told(show.see(1))).toBe('speaker face-a')
		expect(told(show.see(5, { talking: ['b', 'a'] }))).toBe('speaker face-a')
		expect(told(show.see(6, { talking: ['b'] }))).toBe('speaker face-b')
		expect(told(show.see(9, { talking: [] }))).toBe('speaker face-b')
		expect(told(show.see(13.1))).toBe('wide feed-정면')
	})

	it('the hall is shown as a whole while somebody is heard there', () => {
		const show = programme({ people: [hall(front), a], talking: ['a'] })
		show.see(1)
		expect(told(show.see(5, { talking: ['hall'] }))).toBe('wide feed-정면')
	})

	it('and who has it is not left for a voice', () => {
		const show = programme({ people: [a, b], speaking: [speech('a', 0)], talking: ['b'] })
		expect(told(show.see(1))).toBe('speaker face-a')
	})
})

describe('what is shown to all', () => {
	it('stands large beside the speaker', () => {
		const show = programme({ people: [hall(front), a], speaking: [speech('a', 0)], core: { slide } })
		const scene = show.see(1)
		expect([told(scene), scene.strip?.name]).toEqual(['slides slide face-a', 'A'])
		expect(scene.pictures[0]?.slide?.page).toBe(2)
		expect(told(show.see(2, { core: {} }))).toBe('speaker face-a')
	})

	it('stands beside the hall when nobody speaks, and alone where there is no hall', () => {
		expect(told(programme({ people: [hall(front)], core: { slide } }).see(1))).toBe('slides slide feed-정면')
		expect(told(programme({ people: [], core: { slide } }).see(1))).toBe('slides slide')
	})

	it('may be the screen of one who speaks, with their face beside it', () => {
		const screen = picture('screen-a', { use: 'screen', label: 'screen' })
		const show = programme({
			people: [hall(front), person('a', [screen, picture('face-a')])],
			speaking: [speech('a', 0)],
		})
		expect(told(show.see(1))).toBe('slides screen-a face-a')
	})

	it('may be a screen that was chosen by hand, and it stands there once', () => {
		const screen = picture('screen-a', { use: 'screen', label: 'screen' })
		const people = [person('a', [screen, picture('face-a')]), b]
		const show = programme({ people, speaking: [speech('b', 0)], core: { slide } })
		expect(told(show.see(1, { programme: { layout: 'slides', source: 'screen-a' } }))).toBe('slides screen-a face-b')
		expect(told(show.see(2, { programme: { source: 'screen-a' } }))).toBe('speaker screen-a')
	})

	it('leaves whoever is put before all their face beside it', () => {
		const screen = picture('screen-a', { use: 'screen', label: 'screen' })
		const people = [person('a', [screen, picture('face-a')]), b]
		const show = programme({ people, speaking: [speech('b', 0)], core: { spotlight: 'a' } })
		expect(told(show.see(1))).toBe('slides screen-a face-a')
	})

	it('stands beside both while one answers the other', () => {
		const both = [speech('a', 0), speech('b', 2000, { kind: 'respond' })]
		const show = programme({ people: [hall(front), a, b], speaking: both, core: { slide } })
		const scene = show.see(3)
		expect([told(scene), scene.strip?.name]).toEqual(['slides slide face-a face-b', 'B'])
	})
})

describe('two', () => {
	it('are shown while both have the floor', () => {
		const show = programme({ people: [hall(front), a, b], speaking: [speech('a', 0), speech('b', 2000)] })
		const scene = show.see(3)
		expect(told(scene)).toBe('two face-a face-b')
		expect(scene.pictures.map(({ strip, talks }) => [strip?.name, talks])).toEqual([
			['A', true],
			['B', true],
		])
	})

	it('are shown while one answers, and keep their places however it goes on', () => {
		const show = programme({ people: [hall(front), a, b], speaking: [speech('a', 0)] })
		show.see(1)
		const answer = show.see(30, { speaking: [speech('b', 30_000, { kind: 'respond' })] })
		expect(told(answer)).toBe('two face-a face-b')
		expect(answer.pictures.map(({ talks }) => talks)).toEqual([false, true])
		expect(told(show.see(200))).toBe('two face-a face-b')
		expect(told(show.see(210, { speaking: [speech('a', 210_000)] }))).toBe('two face-a face-b')
		show.see(220, { speaking: [] })
		expect(told(show.see(224.1))).toBe('wide feed-정면')
	})

	it('are not shown when a third one begins after the reply', () => {
		const show = programme({ people: [hall(front), a, b, person('c')], speaking: [speech('a', 0)] })
		show.see(1)
		show.see(30, { speaking: [speech('b', 30_000, { kind: 'respond' })] })
		expect(told(show.see(40, { speaking: [speech('c', 40_000)] }))).toBe('speaker face-c')
		expect(told(show.see(50, { speaking: [speech('b', 50_000, { kind: 'respond' })] }))).toBe('two face-c face-b')
	})

	it('are not shown where the answer comes long after', () => {
		const show = programme({ people: [hall(front), a, b], speaking: [speech('a', 0)] })
		show.see(1)
		show.see(10, { speaking: [] })
		expect(told(show.see(80, { speaking: [speech('b', 80_000, { kind: 'respond' })] }))).toBe('speaker face-b')
	})

	it('are not shown where the camera of one looks at somebody else by now', () => {
		const aimed = { seat: '3', feed: rear.id, steps: camera('done') }
		const show = programme({ people: [hall(front, rear), b], speaking: [speech('seat-3', 0, aimed)] })
		show.see(1)
		expect(told(show.see(10, { speaking: [speech('b', 10_000, { kind: 'respond' })] }))).toBe('speaker face-b')
		const both = [speech('seat-3', 0, aimed), speech('b', 10_000, { kind: 'respond' })]
		expect(told(show.see(11, { speaking: both }))).toBe('two feed-후면 face-b')
	})
})

describe('arranged by hand', () => {
	const start = { people: [hall(front, rear), a, b], speaking: [speech('a', 0)], core: { slide } }

	it('the wide stays the wide, with the name of who speaks', () => {
		const scene = programme({ ...start, programme: { layout: 'wide' } }).see(1)
		expect([told(scene), scene.strip?.name]).toEqual(['wide feed-정면', 'A'])
	})

	it('the speaker stands alone though a page is shown', () => {
		expect(told(programme({ ...start, programme: { layout: 'speaker' } }).see(1))).toBe('speaker face-a')
	})

	it('two are the two who spoke last', () => {
		const show = programme(start)
		show.see(1)
		show.see(20, { speaking: [speech('b', 20_000)] })
		show.see(100, { speaking: [] })
		expect(told(show.see(200, { programme: { layout: 'two' } }))).toBe('two face-a face-b')
	})

	it('two is the speaker where only one ever spoke', () => {
		expect(told(programme({ ...start, programme: { layout: 'two' } }).see(1))).toBe('speaker face-a')
	})

	it('pages without a page are the speaker', () => {
		const show = programme({ ...start, programme: { layout: 'slides' } })
		expect(told(show.see(1))).toBe('slides slide face-a')
		expect(told(show.see(2, { core: {} }))).toBe('speaker face-a')
	})

	it('a picture stands large whoever speaks, named by whom it shows', () => {
		const face = programme({ ...start, programme: { source: 'face-b' } }).see(1)
		expect([told(face), face.strip?.name]).toEqual(['speaker face-b', 'B'])
		const camera = programme({ ...start, programme: { source: rear.id } }).see(1)
		expect([told(camera), camera.strip?.name]).toEqual(['speaker feed-후면', 'A'])
	})

	it('a picture beside the page, or as one of two', () => {
		expect(told(programme({ ...start, programme: { source: rear.id, layout: 'slides' } }).see(1))).toBe(
			'slides slide feed-후면',
		)
		expect(told(programme({ ...start, programme: { source: rear.id, layout: 'two' } }).see(1))).toBe(
			'two feed-후면 face-a',
		)
	})

	it('a picture that has gone gives way to whoever speaks', () => {
		const show = programme({ ...start, core: {}, programme: { source: 'face-b' } })
		show.see(1)
		expect(told(show.see(2, { people: [hall(front, rear), a] }))).toBe('speaker face-a')
	})

	it('hold keeps what is shown while it is there, and the pages go on', () => {
		const show = programme(start)
		show.see(1)
		const hold = { hold: true }
		expect(told(show.see(2, { speaking: [speech('b', 2000)], programme: hold }))).toBe('slides slide face-a')
		const turned = show.see(3, { core: { slide: { ...slide, page: 3 } } })
		expect([told(turned), turned.pictures[0]?.slide?.page, turned.strip?.name]).toEqual(['slides slide face-a', 3, 'A'])
		const back = { people: [hall(front, rear), person('a', [picture('face-a-again')]), b] }
		expect(told(show.see(4, back))).toBe('slides slide face-a-again')
		expect(told(show.see(5, { people: [hall(front, rear), b] }))).toBe('slides slide face-b')
	})
})

it('what may come next is the hall’s cameras, whoever is next in line, and who spoke last', () => {
	const show = programme({ people: [hall(front, rear), a, b, person('c')], speaking: [speech('a', 0)] })
	const scene = show.see(1)
	const { core, ...moment } = show.moment(1)
	const next = core && { ...core, floor: { ...core.floor, next: 'b' } }
	expect(likelyNext(scene, { ...moment, core: next })).toEqual([front.id, rear.id, 'face-b', 'face-a'])
})
