import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartSplitter } from '../../../control-panel/lib/pictures.ts'

/** A picture with everything in it that could be taken for a delimiter. */
const nasty = [0xff, 0xd8, 13, 10, 13, 10, 45, 45, 1, 2, 0xff, 0xd9]

function part(body: number[], length: boolean): number[] {
	const header = `--frame\r\nContent-Type: image/jpeg\r\n${length ? `Content-Length: ${body.length}\r\n` : ''}\r\n`
	return [...new TextEncoder().encode(header), ...body, 13, 10]
}

function cut(bytes: number[], pieces: number): number[][] {
	const splitter = new PartSplitter('frame')
	const bodies: number[][] = []
	for (let from = 0; from < bytes.length; from += pieces) {
		for (const body of splitter.push(Uint8Array.from(bytes.slice(from, from + pieces)))) bodies.push([...body])
	}
	return bodies
}

describe('A stream of pictures', () => {
	it('gives each picture whole, however the network cuts it', () => {
		const stream = [...part(nasty, true), ...part([7], true), ...part(nasty, true)]
		fc.assert(
			fc.property(fc.integer({ min: 1, max: stream.length }), (pieces) => {
				expect(cut(stream, pieces)).toEqual([nasty, [7], nasty])
			}),
		)
	})

	it('finds the end by the next delimiter where no length is told', () => {
		const stream = [...part([1, 2, 3], false), ...part([4, 5], false), ...part([6], false)]
		expect(cut(stream, 5)).toEqual([
			[1, 2, 3],
			[4, 5],
		])
	})

	it('gives up on a part that never ends', () => {
		const splitter = new PartSplitter('frame')
		splitter.push(new TextEncoder().encode('--frame\r\nContent-Length: 99999999\r\n\r\n'))
		const chunk = new Uint8Array(3 * 1024 * 1024)
		splitter.push(chunk)
		splitter.push(chunk)
		expect(() => splitter.push(chunk)).toThrow(/too large/)
	})
})
