import { createContext } from 'svelte'
import type { HouseRole } from '../../../appliance/protocol/roles.ts'
import type { Clock } from '../clock.svelte.ts'
import type { CameraChoice } from './choice.svelte.ts'
import type { Notices } from './notices.svelte.ts'
import type { RoomClient } from './room-client.svelte.ts'
import type { CameraWords } from './words.ts'

/** What the parts around a camera read from: on the touch panel and on the facilities page. */
export interface Cameras {
	/** As what this page is let in. */
	role: HouseRole
	room: RoomClient
	words: CameraWords
	notices: Notices
	view: CameraChoice
	clock: Clock
}

export const [getCameras, setCameras] = createContext<Cameras>()
