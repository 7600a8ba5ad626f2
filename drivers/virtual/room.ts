import type { Head } from './head.ts'
import { startPicture } from './picture.ts'
import { type Faults, startViscaCamera } from './visca-camera.ts'

/** A virtual camera whole: it is driven over VISCA, and its picture shows where it looks. */
export interface VirtualPtz {
	readonly id: string
	readonly viscaPort: number
	readonly rtspUrl: string
	readonly faults: Faults
	/** The head now. */
	head(): Head
	close(): Promise<void>
}

export interface VirtualPtzOptions {
	id: string
	/** Shown in the picture. */
	name: string
	/** Where the drawn scene is kept as pixels. */
	sceneCacheDir: string
}

/** As often as the picture has frames, and then some. */
const lookMs = 33

/** On free ports of this machine. Its picture ends with this process, however that ends. */
export async function startVirtualCamera({ id, name, sceneCacheDir }: VirtualPtzOptions): Promise<VirtualPtz> {
	const picture = await startPicture({ title: name, cacheDir: sceneCacheDir })
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	const frames = setInterval(() => {
		const { pan, tilt, zoom } = camera.head()
		picture.look({ pan: pan.position, tilt: tilt.position, zoom: zoom.position })
	}, lookMs)
	return {
		id,
		viscaPort: camera.port,
		rtspUrl: picture.url,
		faults: camera.faults,
		head: camera.head,
		async close() {
			clearInterval(frames)
			await Promise.all([camera.close(), picture.close()])
		},
	}
}
