import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of what people write to each other in a meeting. Korean is the original. */

const ko = {
	chat: '대화',
	unread: (count: number) => `읽지 않은 글 ${count}개`,
	close: '대화 닫기',
	none: '아직 오간 글이 없습니다',
	noneHint: '모두에게, 진행자에게, 또는 한 사람에게 쓸 수 있습니다.',
	to: '받는 사람',
	all: '모두',
	group: (name: string) => `${name} 사람들`,
	onlyGroup: (name: string) => `${name}에만 보입니다.`,
	clerk: '진행자',
	onlyYou: '나에게만',
	toClerk: '진행자에게',
	toOne: (name: string) => `${name} 님에게만`,
	desk: '회의 진행',
	message: '글',
	placeholder: '여기에 쓰세요',
	send: '보내기',
	keys: 'Enter 보내기 · Shift+Enter 줄 바꿈',
	off: '이 회의에서는 글을 쓸 수 없습니다',
	onlyClerk: '진행자에게만 쓸 수 있습니다',
	remove: (name: string) => `${name} 님의 글 지우기`,
	removeMine: '내 글 지우기',
	removed: '글을 지웠습니다',
	left: (count: number) => `${count}자 남음`,
	newest: '새 글 보기',
	rules: '누가 쓸 수 있나',
	rule: { all: '모두와 서로에게', clerk: '진행자에게만', off: '쓰지 않음' },
	kept: '모두·진행자에게 쓴 글을 회의 기록에 남김',
	keptNotice: '모두와 진행자에게 쓴 글은 회의 기록에 남습니다',
	got: (name: string) => `${name} 님이 글을 보냈습니다`,
	gone: (name: string) => `${name} 님은 회의에 없습니다. 받는 사람을 다시 고르세요.`,
}

export type ChatTexts = Words<typeof ko>

const en: ChatTexts = {
	chat: 'Chat',
	unread: (count) => `${count} unread`,
	close: 'Close chat',
	none: 'Nobody has written yet',
	noneHint: 'Write to everyone, to the chair and clerk, or to one person.',
	to: 'To',
	all: 'Everyone',
	group: (name) => `Those in ${name}`,
	onlyGroup: (name) => `Only ${name} reads it.`,
	clerk: 'Chair and clerk',
	onlyYou: 'only to you',
	toClerk: 'to chair and clerk',
	toOne: (name) => `only to ${name}`,
	desk: 'Meeting desk',
	message: 'Message',
	placeholder: 'Write here',
	send: 'Send',
	keys: 'Enter sends · Shift+Enter for a new line',
	off: 'Nobody can write in this meeting',
	onlyClerk: 'You can write to the chair and clerk only',
	remove: (name) => `Remove the message from ${name}`,
	removeMine: 'Remove my message',
	removed: 'The message was removed',
	left: (count) => `${count} characters left`,
	newest: 'Show new messages',
	rules: 'Who may write',
	rule: { all: 'Everyone, and to each other', clerk: 'Only to chair and clerk', off: 'Nobody' },
	kept: 'Keep messages to everyone and to the chair in the record',
	keptNotice: 'Messages to everyone and to the chair are kept in the record',
	got: (name) => `${name} has written to you`,
	gone: (name) => `${name} is not in the meeting. Choose again whom to write to.`,
}

const texts = { ko, en }

export function chatTexts(language: Language): ChatTexts {
	return texts[language]
}
