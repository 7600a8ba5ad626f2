import type { Networks } from '../drivers/reach.ts'
import type { Config } from './config-schema.ts'
import { hostOf } from './protocol/host.ts'

/** Where devices may be, as the configuration says it: networks by their key, and each address that it names for a device. */
export function networksOf({ deviceNetworks, cameras, microphones, speakerphone }: Config): Networks {
	const named = [
		...cameras.flatMap((camera) => ('host' in camera ? [camera.host] : [])),
		...cameras.flatMap(({ video }) => (video && 'rtsp' in video ? [hostOf(video.rtsp)] : [])),
		...(microphones !== 'none' && microphones.tcp ? [microphones.tcp.host] : []),
		...(speakerphone !== 'none' && 'host' in speakerphone ? [speakerphone.host] : []),
	]
	return { ranges: deviceNetworks, named: [...new Set(named)] }
}
