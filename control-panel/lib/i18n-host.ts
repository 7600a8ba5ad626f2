import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of what those who run a meeting do about others' microphones and cameras. Korean is the original. */

const ko = {
	more: (name: string) => `${name} 님에게 할 일`,
	mute: '마이크 끄기',
	askMicrophone: '마이크를 켜 달라고 하기',
	stopCamera: '카메라·공유 끄기',
	askCamera: '카메라를 켜 달라고 하기',
	light: '모두에게 크게 보이기',
	unlight: '크게 보이기 끝내기',
	rename: '이름 바꾸기',
	remove: '회의에서 내보내기',
	renameTitle: (name: string) => `${name} 님의 이름을 바꿀까요?`,
	renameHint: '바꾼 이름이 모두에게 보입니다. 명단에 있는 사람의 이름은 명단에서 바꿉니다.',
	newName: '새 이름',
	removeTitle: (name: string) => `${name} 님을 회의에서 내보낼까요?`,
	removeHint: '바로 연결이 끝납니다. 다시 들어오려면 대기실에서 기다려야 하며, 진행자가 들일지 정합니다.',
	lock: '입장 잠그기',
	locked: '입장이 잠겨 있습니다. 새로 오는 사람은 대기실에서 기다립니다.',
	unlocked: '입장이 열려 있습니다.',
	lit: '진행자가 크게 보이게 했습니다',
	saidLit: (name: string) => `진행자가 ${name} 님을 모두에게 크게 보이게 했습니다`,
	saidLitPinned: (name: string) => `진행자가 ${name} 님을 크게 보이게 했습니다. 고정한 화면이 있어 그대로 둡니다.`,
	saidUnlit: '크게 보이기가 끝났습니다',
	muteAll: '모두 음소거',
	done: {
		mute: (name: string) => `${name} 님의 마이크를 껐습니다`,
		askMicrophone: (name: string) => `${name} 님에게 마이크를 켜 달라고 했습니다`,
		stopCamera: (name: string) => `${name} 님의 카메라와 공유를 껐습니다`,
		askCamera: (name: string) => `${name} 님에게 카메라를 켜 달라고 했습니다`,
		muteAll: () => '진행자를 뺀 모두의 마이크를 껐습니다',
		light: (name: string) => `${name} 님이 모두에게 크게 보입니다`,
		unlight: (name: string) => `${name} 님을 크게 보이기를 끝냈습니다`,
		rename: (before: string, name: string) => `${before} 님의 이름을 ${name}(으)로 바꿨습니다`,
		remove: (name: string) => `${name} 님을 내보냈습니다`,
		lock: () => '입장을 잠갔습니다',
		unlock: () => '입장을 열었습니다',
	},
	muted: '진행자가 마이크를 껐습니다. 다시 켤 수 있습니다.',
	stopped: '진행자가 카메라와 화면 공유를 껐습니다',
	still: '담당자가 내 카메라 화면을 사진으로 찍었습니다. 저장되지 않고, 상담이 끝나면 사라집니다.',
	askTitle: {
		microphone: '진행자가 마이크를 켜 달라고 합니다',
		camera: '진행자가 카메라를 켜 달라고 합니다',
	},
	askHint: '누르기 전에는 아무것도 켜지지 않습니다.',
	turnOn: { microphone: '마이크 켜기', camera: '카메라 켜기' },
	later: '나중에',
}

export type HostTexts = Words<typeof ko>

const en: HostTexts = {
	more: (name) => `What to do about ${name}`,
	mute: 'Mute',
	askMicrophone: 'Ask to unmute',
	stopCamera: 'Stop camera and sharing',
	askCamera: 'Ask to turn the camera on',
	light: 'Show large to everybody',
	unlight: 'No longer show large',
	rename: 'Rename',
	remove: 'Remove from the meeting',
	renameTitle: (name) => `Rename ${name}?`,
	renameHint: 'Everybody sees the new name. People of the roll are named there.',
	newName: 'New name',
	removeTitle: (name) => `Remove ${name} from the meeting?`,
	removeHint: 'They are disconnected at once. To come back they wait in the lobby until you let them in.',
	lock: 'Lock the meeting',
	locked: 'The meeting is locked. Whoever comes now waits in the lobby.',
	unlocked: 'The meeting is open to come in.',
	lit: 'Shown large by those who run the meeting',
	saidLit: (name) => `${name} is shown large to everybody`,
	saidLitPinned: (name) => `${name} is shown large to everybody. You have pinned pictures: they stay.`,
	saidUnlit: 'Nobody is shown large to everybody any longer',
	muteAll: 'Mute all',
	done: {
		mute: (name) => `${name} is muted`,
		askMicrophone: (name) => `${name} was asked to unmute`,
		stopCamera: (name) => `Camera and sharing of ${name} were stopped`,
		askCamera: (name) => `${name} was asked to turn the camera on`,
		muteAll: () => 'Everyone but those who run the meeting is muted',
		light: (name) => `${name} is shown large to everybody`,
		unlight: (name) => `${name} is no longer shown large`,
		rename: (before, name) => `${before} is called ${name} now`,
		remove: (name) => `${name} was removed`,
		lock: () => 'The meeting is locked',
		unlock: () => 'The meeting is open to come in',
	},
	muted: 'You were muted by those who run the meeting. You can unmute yourself.',
	stopped: 'Your camera and sharing were stopped by those who run the meeting',
	still: 'The official took a still of your camera. It is not saved, and is gone when the session ends.',
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
