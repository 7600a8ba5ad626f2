import type { Language } from './i18n.svelte.ts'

/** Words of what those who run a meeting do about others' microphones and cameras. Korean is the original. */

const ko = {
	more: (name: string) => `${name} 님에게 할 일`,
	mute: '마이크 끄기',
	askMicrophone: '마이크를 켜 달라고 하기',
	stopCamera: '카메라·공유 끄기',
	askCamera: '카메라를 켜 달라고 하기',
	muteAll: '모두 음소거',
	done: {
		mute: (name: string) => `${name} 님의 마이크를 껐습니다`,
		askMicrophone: (name: string) => `${name} 님에게 마이크를 켜 달라고 했습니다`,
		stopCamera: (name: string) => `${name} 님의 카메라와 공유를 껐습니다`,
		askCamera: (name: string) => `${name} 님에게 카메라를 켜 달라고 했습니다`,
		muteAll: () => '진행자를 뺀 모두의 마이크를 껐습니다',
	},
	muted: '진행자가 마이크를 껐습니다. 다시 켤 수 있습니다.',
	stopped: '진행자가 카메라와 화면 공유를 껐습니다',
	askTitle: {
		microphone: '진행자가 마이크를 켜 달라고 합니다',
		camera: '진행자가 카메라를 켜 달라고 합니다',
	},
	askHint: '누르기 전에는 아무것도 켜지지 않습니다.',
	turnOn: { microphone: '마이크 켜기', camera: '카메라 켜기' },
	later: '나중에',
}

type Texts<T> = {
	[K in keyof T]: T[K] extends (...args: infer A) => string
		? (...args: A) => string
		: T[K] extends string
			? string
			: Texts<T[K]>
}
export type HostTexts = Texts<typeof ko>

const en: HostTexts = {
	more: (name) => `What to do about ${name}`,
	mute: 'Mute',
	askMicrophone: 'Ask to unmute',
	stopCamera: 'Stop camera and sharing',
	askCamera: 'Ask to turn the camera on',
	muteAll: 'Mute all',
	done: {
		mute: (name) => `${name} is muted`,
		askMicrophone: (name) => `${name} was asked to unmute`,
		stopCamera: (name) => `Camera and sharing of ${name} were stopped`,
		askCamera: (name) => `${name} was asked to turn the camera on`,
		muteAll: () => 'Everyone but those who run the meeting is muted',
	},
	muted: 'You were muted by those who run the meeting. You can unmute yourself.',
	stopped: 'Your camera and sharing were stopped by those who run the meeting',
	askTitle: {
		microphone: 'You are asked to unmute yourself',
		camera: 'You are asked to turn your camera on',
	},
	askHint: 'Nothing is turned on before you press.',
	turnOn: { microphone: 'Unmute', camera: 'Turn camera on' },
	later: 'Not now',
}

const texts = { ko, en }

export function hostTexts(language: Language): HostTexts {
	return texts[language]
}
