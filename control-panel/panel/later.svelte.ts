/**
 * What a panel does not start with, loaded apart, so that it starts sooner, and before anybody asks for it, so that it is
 * there at once and also when the connection is not.
 */

const againMs = 3000

export class Later {
	/** Null until they are loaded. */
	screens = $state.raw<Awaited<ReturnType<typeof load>> | null>(null)

	constructor() {
		void this.#load()
	}

	async #load() {
		try {
			this.screens = await load()
		} catch {
			setTimeout(() => this.#load(), againMs) // the room is away
		}
	}
}

async function load() {
	const [camera, counsel, inCall, kindSheet, saveSheet, status, soundSheet, speakerphoneSheet, sounding] =
		await Promise.all([
			import('./screens/Camera.svelte'),
			import('./screens/Counsel.svelte'),
			import('./screens/InCall.svelte'),
			import('./parts/KindSheet.svelte'),
			import('./parts/SaveSheet.svelte'),
			import('./screens/Status.svelte'),
			import('./parts/SoundSheet.svelte'),
			import('./parts/SpeakerphoneSheet.svelte'),
			import('./parts/Sounding.svelte'),
		])
	return {
		Camera: camera.default,
		Counsel: counsel.default,
		InCall: inCall.default,
		KindSheet: kindSheet.default,
		SaveSheet: saveSheet.default,
		Status: status.default,
		SoundSheet: soundSheet.default,
		SpeakerphoneSheet: speakerphoneSheet.default,
		Sounding: sounding.default,
	}
}
