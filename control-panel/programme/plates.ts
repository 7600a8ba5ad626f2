import type { VoteView } from '../../appliance/protocol/floor.ts'
import type { VoteTexts } from '../lib/i18n-vote.ts'
import { fillBox, fillRound, type Look, measure, shorten, type Words, write } from './drawing.ts'
import type { ProgrammeTexts } from './i18n-programme.ts'
import type { Box } from './places.ts'
import type { Strip } from './turns.ts'

/** What lies over the pictures: drawn once, kept as an image until its words change. */

export interface Plate {
	image: OffscreenCanvas
	x: number
	y: number
}

export interface Frame {
	width: number
	height: number
}

/** Dark enough for white words on a bright window. */
const ground = '#0b121af0'

/** A blank to measure with. */
const measuring = new OffscreenCanvas(1, 1)

/** The 720 lines that everything is designed at, in lines of this frame. */
export function unitOf(frame: Frame): number {
	return frame.height / 720
}

/** Inside this, nothing is cut off on any screen. */
export const safe = { x: 44, y: 34 }

/** The lower third: who speaks, large; title and bureau beside and below. */
export function lowerThird(strip: Strip, frame: Frame, look: Look, texts: ProgrammeTexts): Plate {
	const u = unitOf(frame)
	const name: Words = { text: strip.name, size: 44 * u, weight: 700, colour: look.text }
	const title: Words = { text: strip.title, size: 29 * u, weight: 600, colour: look.text }
	const kind = strip.kind === null ? '' : texts.kinds[strip.kind]
	const below: Words = {
		text: [strip.bureau, kind].filter(Boolean).join(' · '),
		size: 25 * u,
		weight: 500,
		colour: look.soft,
	}
	const pen = penOf(measuring)
	const most = frame.width * 0.55
	const fitted = shorten(pen, look, name, most * 0.7)
	const nameWidth = measure(pen, look, fitted)
	const gap = 16 * u
	const titleWidth = strip.title ? gap + Math.min(measure(pen, look, title), most - nameWidth - gap) : 0
	const inner = Math.max(nameWidth + titleWidth, Math.min(most, measure(pen, look, below)), 150 * u)
	const two = below.text !== ''
	const [bar, left, right] = [6 * u, 22 * u, 30 * u]
	const height = Math.round((two ? 116 : 80) * u)
	const plate = newPlate(bar + left + inner + right, height)
	const context = penOf(plate)
	fillRound(context, ground, 0, 0, plate.width, height, 4 * u)
	fillBox(context, look.accent, 0, 0, bar, height)
	const base = (two ? 58 : 55) * u
	const end = write(context, look, fitted, bar + left, base)
	if (strip.title) write(context, look, title, end + gap, base, most - nameWidth - gap)
	if (two) write(context, look, below, bar + left, 96 * u, most)
	return { image: plate, x: Math.round(safe.x * u), y: Math.round(frame.height - (safe.y + 12) * u - height) }
}

/** Below the one face beside a page, as wide as that: each line for itself. */
export function faceCard(strip: Strip, box: Box, frame: Frame, look: Look, texts: ProgrammeTexts): Plate {
	const u = unitOf(frame)
	const kind = strip.kind === null ? '' : texts.kinds[strip.kind]
	const lines: Words[] = [
		{ text: strip.name, size: 33 * u, weight: 700, colour: look.text },
		{ text: strip.title, size: 23 * u, weight: 600, colour: look.text },
		{ text: [strip.bureau, kind].filter(Boolean).join(' · '), size: 20 * u, weight: 500, colour: look.soft },
	]
	const shown = lines.filter(({ text }) => text !== '')
	const [bar, left, lead] = [5 * u, 14 * u, 13 * u]
	const height = Math.round(shown.reduce((sum, { size }) => sum + size * 1.35, 2 * lead))
	const plate = newPlate(box.width, height)
	const context = penOf(plate)
	fillBox(context, ground, 0, 0, plate.width, height)
	fillBox(context, look.accent, 0, 0, bar, height)
	let base = lead
	for (const words of shown) {
		base += words.size * 1.35
		write(context, look, words, bar + left, base - words.size * 0.36, box.width - bar - 2 * left)
	}
	return { image: plate, x: box.x, y: box.y + box.height }
}

/** On one of several pictures. Who speaks has the bar in colour. */
export function nameTag(strip: Strip, talks: boolean, box: Box, frame: Frame, look: Look): Plate {
	const u = unitOf(frame)
	const narrow = box.width < frame.width * 0.3
	const name: Words = { text: strip.name, size: (narrow ? 24 : 31) * u, weight: 700, colour: look.text }
	const about = narrow ? strip.title : [strip.title, strip.bureau].filter(Boolean).join(' · ')
	const title: Words = { text: about, size: (narrow ? 19 : 23) * u, weight: 500, colour: look.soft }
	const [bar, left, right, gap] = [5 * u, 14 * u, 18 * u, 12 * u]
	const pen = penOf(measuring)
	const most = box.width - bar - left - right
	const fitted = shorten(pen, look, name, most)
	const nameWidth = measure(pen, look, fitted)
	const room = most - nameWidth - gap
	const titled = about !== '' && room > 60 * u
	const inner = nameWidth + (titled ? gap + Math.min(room, measure(pen, look, title)) : 0)
	const height = Math.round((narrow ? 42 : 56) * u)
	const plate = newPlate(bar + left + inner + right, height)
	const context = penOf(plate)
	fillBox(context, ground, 0, 0, plate.width, height)
	fillBox(context, talks ? look.accent : look.line, 0, 0, bar, height)
	const base = (narrow ? 29.5 : 39) * u
	const end = write(context, look, fitted, bar + left, base)
	if (titled) write(context, look, title, end + gap, base, room)
	return { image: plate, x: box.x, y: box.y + box.height - height }
}

/** The item that is on, at the top left. */
export function itemLine(
	item: { title: string; bureau: string },
	frame: Frame,
	look: Look,
	texts: ProgrammeTexts,
): Plate {
	const u = unitOf(frame)
	const label: Words = { text: texts.item, size: 20 * u, weight: 700, colour: look.accentText }
	const title: Words = { text: item.title, size: 25 * u, weight: 600, colour: look.text }
	// Titles of items often begin with the bureau's name.
	const bureau: Words = {
		text: item.title.includes(item.bureau) ? '' : item.bureau,
		size: 20 * u,
		weight: 500,
		colour: look.soft,
	}
	const pen = penOf(measuring)
	const [side, gap] = [16 * u, 12 * u]
	const most = frame.width * 0.58
	const labelWidth = measure(pen, look, label)
	const bureauWidth = bureau.text ? gap + measure(pen, look, bureau) : 0
	const fitted = shorten(pen, look, title, most - labelWidth - gap - bureauWidth)
	const width = 2 * side + labelWidth + gap + measure(pen, look, fitted) + bureauWidth
	const height = Math.round(46 * u)
	const plate = newPlate(width, height)
	const context = penOf(plate)
	fillRound(context, ground, 0, 0, plate.width, height, 4 * u)
	const base = 32 * u
	let end = write(context, look, label, side, base - 1 * u)
	end = write(context, look, fitted, end + gap, base)
	if (bureau.text) write(context, look, bureau, end + gap, base - 0.5 * u)
	return { image: plate, x: Math.round(safe.x * u), y: Math.round((safe.y - 8) * u) }
}

/**
 * A vote, at the bottom right: how many have voted, then what came out. `free`: the lines below the pictures; 0 over one
 * that fills the frame.
 */
export function voteLine(vote: VoteView, free: number, frame: Frame, look: Look, texts: VoteTexts): Plate {
	const u = unitOf(frame)
	const open = vote.phase === 'open'
	const outcome = vote.passed === null ? 'decided' : vote.passed ? 'passed' : 'rejected'
	const counts = vote.choices.map(({ id, label }) => `${label} ${vote.counts?.[id] ?? 0}`).join(' · ')
	const state: Words = {
		text: open ? texts.vote : texts[outcome],
		size: 24 * u,
		weight: 700,
		colour: open ? look.warn : outcome === 'passed' ? look.go : look.text,
	}
	const title: Words = { text: vote.title, size: 22 * u, weight: 600, colour: look.text }
	const below: Words = {
		text: open || vote.counts === null ? texts.turnout(vote.cast, vote.eligible) : counts,
		size: 21 * u,
		weight: 500,
		colour: look.soft,
	}
	const pen = penOf(measuring)
	const [bar, side, gap] = [5 * u, 16 * u, 12 * u]
	const most = frame.width * 0.3 - bar - 2 * side
	const stateWidth = measure(pen, look, state)
	const shortened = shorten(pen, look, title, most - stateWidth - gap)
	const firstWidth = stateWidth + gap + measure(pen, look, shortened)
	const height = Math.round(76 * u)
	const plate = newPlate(bar + 2 * side + Math.max(firstWidth, Math.min(most, measure(pen, look, below))), height)
	const context = penOf(plate)
	fillBox(context, ground, 0, 0, plate.width, height)
	fillBox(context, state.colour, 0, 0, bar, height)
	const end = write(context, look, state, bar + side, 33 * u)
	write(context, look, shortened, end + gap, 32.5 * u)
	write(context, look, below, bar + side, 61 * u, most)
	const y = free > 0 ? frame.height - (free + height) / 2 : frame.height - (safe.y + 12) * u - height
	return { image: plate, x: Math.round(frame.width - safe.x * u - plate.width), y: Math.round(y) }
}

/** The house's mark and the time, at the top right. */
export function corner(mark: string, clock: string, frame: Frame, look: Look): Plate {
	const u = unitOf(frame)
	const house: Words = { text: mark, size: 23 * u, weight: 600, colour: look.text }
	const time: Words = { text: clock, size: 26 * u, weight: 700, colour: look.text }
	const pen = penOf(measuring)
	const [side, gap] = [16 * u, 14 * u]
	const fitted = shorten(pen, look, house, frame.width * 0.24)
	const markWidth = mark ? measure(pen, look, fitted) + 2 * gap : 0
	// As wide at 11:11 as at 00:00: it must not move each minute.
	const timeWidth = measure(pen, look, { ...time, text: '00:00' })
	const height = Math.round(46 * u)
	const plate = newPlate(2 * side + markWidth + timeWidth, height)
	const context = penOf(plate)
	fillRound(context, ground, 0, 0, plate.width, height, 4 * u)
	if (mark) {
		const end = write(context, look, fitted, side, 31.5 * u)
		fillBox(context, look.soft, Math.round(end + gap), 12 * u, Math.max(1, Math.round(1.5 * u)), 22 * u)
	}
	const lead = (timeWidth - measure(context, look, time)) / 2
	write(context, look, time, side + markWidth + lead, 32.5 * u)
	return { image: plate, x: Math.round(frame.width - safe.x * u - plate.width), y: Math.round((safe.y - 8) * u) }
}

function newPlate(width: number, height: number): OffscreenCanvas {
	return new OffscreenCanvas(Math.ceil(width), Math.ceil(height))
}

function penOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
	const context = canvas.getContext('2d')
	if (!context) throw new Error('this browser does not draw')
	return context
}
