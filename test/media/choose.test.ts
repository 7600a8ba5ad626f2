import { describe, expect, it } from 'vitest'
import { audibleOf, browserLayers, type Choosable, choose, layerFor } from '../../appliance/media/choose.ts'

function source(id: string, person: string, fields: Partial<Choosable> = {}): Choosable {
	return { id, person, kind: 'video', use: 'camera', opened: true, prepared: false, heard: true, ...fields }
}

const all = new Map(
	[
		source('face', 'a'),
		source('voice', 'a', { kind: 'audio', use: 'microphone' }),
		source('shy', 'b', { kind: 'audio', use: 'microphone', opened: false }),
		source('many', 'f', { kind: 'audio', use: 'microphone', heard: false }),
		source('next', 'd', { kind: 'audio', use: 'microphone', opened: false, prepared: true }),
		source('hall', 'room', { use: 'feed' }),
		source('slides', 'b', { use: 'screen' }),
		source('tune', 'b', { kind: 'audio', use: 'screen' }),
	].map((one) => [one.id, one]),
)
const ids = (chosen: Map<Choosable, number | null>) =>
	[...chosen].map(([{ id }, height]) => (height === null ? id : `${id}@${height}`))

describe('What is forwarded', () => {
	it.each<[string, string, { audio: boolean; video: [string, number][] }, string[]]>([
		['nothing to who wants nothing', 'c', { audio: false, video: [] }, []],
		[
			'pictures that are shown',
			'c',
			{
				audio: false,
				video: [
					['face', 180],
					['hall', 720],
				],
			},
			['face@180', 'hall@720'],
		],
		['sound that was ever open, or may be next', 'c', { audio: true, video: [] }, ['voice', 'next', 'tune']],
		['never one’s own', 'a', { audio: true, video: [['face', 180]] }, ['next', 'tune']],
		['nothing that is not there', 'c', { audio: false, video: [['gone', 180]] }, []],
		[
			'no sound as a picture',
			'c',
			{
				audio: false,
				video: [
					['voice', 180],
					['shy', 180],
				],
			},
			[],
		],
		[
			'the larger of two tiles',
			'c',
			{
				audio: false,
				video: [
					['face', 180],
					['face', 720],
					['face', 90],
				],
			},
			['face@720'],
		],
	])('%s', (_, person, { audio, video }, expected) => {
		const wanted = { audio, video: video.map(([id, height]) => ({ source: id, height })) }
		expect(ids(choose(all, audibleOf(all.values()), wanted, person)).sort()).toEqual([...expected].sort())
	})

	it('at most 25 pictures, whatever is asked', () => {
		const crowd = new Map(Array.from({ length: 40 }, (_, i) => [`s${i}`, source(`s${i}`, `p${i}`)]))
		const wanted = { audio: false, video: [...crowd.keys()].map((id) => ({ source: id, height: 90 })) }
		expect(choose(crowd, audibleOf(crowd.values()), wanted, 'me').size).toBe(25)
	})

	it.each([
		[90, browserLayers, 0],
		[180, browserLayers, 0],
		[200, browserLayers, 0],
		[270, browserLayers, 1],
		[360, browserLayers, 1],
		[400, browserLayers, 1],
		[540, browserLayers, 2],
		[2160, browserLayers, 2],
		[540, [180, 360], 1],
		[540, [720], 0],
		// A camera's main and sub stream.
		[400, [360, 720], 0],
		[540, [360, 720], 1],
		[640, [576, 1080], 0],
	])('a tile of %i lines of layers with %o takes layer %i', (height, layers, expected) => {
		expect(layerFor(height, layers)).toBe(expected)
	})
})
