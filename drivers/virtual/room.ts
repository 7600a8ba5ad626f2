import { randomUUID } from 'node:crypto'
import { answerProbes } from './discovery.ts'
import type { Head } from './head.ts'
import { type OnvifFaults, startOnvifCamera } from './onvif-camera.ts'
import { type Picture, startPicture } from './picture.ts'
import { type Faults, startViscaCamera } from './visca-camera.ts'

/** A virtual camera whole: it is driven over VISCA or ONVIF, and its picture shows where it looks. */
export interface VirtualPtz {
	readonly id: string
	/** Where it is driven, in the words of its driver's configuration. */
	readonly control: VirtualControl
	readonly rtspUrl: string
	readonly faults: Faults | OnvifFaults
	/** The head now. */
	head(): Head
	close(): Promise<void>
}

type VirtualControl =
	| { visca: { host: string; port: number } }
	| { onvif: { host: string; port: number; username: string; password: string; uuid: string } }

export interface VirtualPtzOptions {
	id: string
	/** Shown in the picture. */
	name: string
	/** Where the drawn scene is kept as pixels. */
	sceneCacheDir: string
	/** Default 'visca'. */
	protocol?: 'visca' | 'onvif'
}

type Driven = Omit<VirtualPtz, 'id' | 'rtspUrl'>

/** As often as the picture has frames, and then some. */
const lookMs = 33
const host = '127.0.0.1'

/** On free ports of this machine. Its picture ends with this process, however that ends. */
export async function startVirtualCamera(options: VirtualPtzOptions): Promise<VirtualPtz> {
	const { id, name, sceneCacheDir, protocol = 'visca' } = options
	const picture = await startPicture({ title: name, cacheDir: sceneCacheDir })
	const camera = protocol === 'visca' ? await overVisca() : await overOnvif(name, picture)
	const frames = setInterval(() => {
		const { pan, tilt, zoom } = camera.head()
		picture.look({ pan: pan.position, tilt: tilt.position, zoom: zoom.position })
	}, lookMs)
	return {
		...camera,
		id,
		rtspUrl: picture.url,
		async close() {
			clearInterval(frames)
			await Promise.all([camera.close(), picture.close()])
		},
	}
}

async function overVisca(): Promise<Driven> {
	const { port, faults, head, close } = await startViscaCamera({ host, port: 0 })
	return { control: { visca: { host, port } }, faults, head, close }
}

/** It is found as well by who looks for cameras on this machine's own network. */
async function overOnvif(name: string, picture: Picture): Promise<Driven> {
	const login = { username: 'maru', password: randomUUID() }
	const faults: OnvifFaults = { spaces: 'degrees', refuseEncoder: true }
	const camera = await startOnvifCamera({
		...{ host, port: 0, ...login, faults, rtspUrls: [picture.url], identity: { name } },
		encoder: { keyFrame: picture.keyFrame, change: () => {} },
	})
	const { identity, url, port, head } = camera
	// Another program may have the port of all cameras for itself: then this one is not found, and works.
	const answering = await answerProbes({ identity, url, address: host }).catch(() => null)
	return {
		control: { onvif: { host, port, ...login, uuid: identity.uuid } },
		faults,
		head,
		async close() {
			await Promise.all([camera.close(), answering?.close()])
		},
	}
}
