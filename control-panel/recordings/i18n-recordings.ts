import type { RecordingView } from '../../appliance/protocol/relay.ts'
import type { Language } from '../lib/i18n.svelte.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import type { Words } from '../lib/words.ts'
import type { Fault } from './library.svelte.ts'

/** Words of the page of recordings. Korean is the original. */

const ko = {
	pageTitle: '녹화',
	theme: '화면 색',
	themes: { dark: '어둡게', light: '밝게', contrast: '고대비' },
	loading: '녹화 목록을 불러오는 중…',
	lost: '서버에 연결되지 않습니다. 다시 연결하는 중…',
	refused: '녹화를 볼 수 없습니다',
	noLinkTitle: '의장·사무국 화면에서 열어 주세요',
	noLinkHint: '회의 화면의 「회의록」이나 「중계·녹화」에서 「녹화 보기」를 누르면 이 화면이 열립니다.',
	none: '아직 녹화가 없습니다',
	noneHint: '「중계·녹화」에서 녹화를 시작하면 끝난 뒤 여기에서 볼 수 있습니다.',
	list: '녹화 목록',
	states: {
		recording: '녹화 중',
		finishing: '파일로 만드는 중',
		ready: '볼 수 있음',
		removed: '파일 없음',
	} satisfies Record<RecordingView['state'], string>,
	diskFull: '디스크가 가득 차서 멈췄습니다',
	diskFailed: '디스크에 쓸 수 없어서 멈췄습니다',
	stillRecording: '지금 녹화하고 있습니다. 끝나면 여기에서 볼 수 있습니다.',
	stillFinishing: '한 파일로 만들고 있습니다. 잠시 뒤 저절로 나타납니다.',
	removed: {
		asked: (when: string) => `${when}에 파일을 지웠습니다.`,
		retention: (when: string) => `보관 기간이 지나 ${when}에 파일을 지웠습니다.`,
		empty: () => '영상이 들어오기 전에 끝나 남은 것이 없습니다.',
	},
	hashStays: '파일의 해시는 기록에 남아 있습니다.',
	picture: '녹화 영상',
	playFailed: '영상을 재생하지 못했습니다.',
	again: '다시 시도',
	download: '내려받기',
	hash: '파일 해시 (SHA-256)',
	copy: '해시 복사',
	copied: '복사했습니다',
	selected: '해시를 골라 두었습니다. Ctrl+C로 복사하세요.',
	remove: '파일 지우기',
	removeSure: '지운 파일은 되살릴 수 없습니다. 언제 누가 지웠는지와 파일의 해시는 기록에 남습니다.',
	removeDo: '지우기',
	cancel: '그대로 두기',
	removeFailed: '지우지 못했습니다.',
	contents: '안건과 발언',
	contentsLoading: '안건과 발언을 불러오는 중…',
	contentsFailed: '안건과 발언을 불러오지 못했습니다.',
	noContents: '이 녹화에는 기록된 안건이나 발언이 없습니다',
	noContentsHint: '자유 발언으로 진행한 회의는 발언이 따로 기록되지 않습니다.',
	search: '이름, 국, 안건 찾기',
	found: (n: number) => `${n}건`,
	notFound: '찾는 것이 없습니다',
	item: '안건',
	onItem: (item: string) => `안건 ${item}`,
	slide: (page: number) => `자료 ${page}쪽`,
	playing: '재생 중',
	only: '이 발언만 듣기',
	onlyOf: (who: string) => `${who} 발언만 듣기`,
	onlyOn: '이 발언까지만 재생합니다',
	notRecorded: '녹화되지 않음: 누르면 이어진 곳부터 재생합니다',
	partRecorded: '일부가 녹화되지 않음',
	keys: '↑ ↓로 옮기고 Enter로 재생',
}

export type RecordingTexts = Words<typeof ko>

const en: RecordingTexts = {
	pageTitle: 'Recordings',
	theme: 'Colours',
	themes: { dark: 'Dark', light: 'Light', contrast: 'Contrast' },
	loading: 'Loading the recordings…',
	lost: 'The server cannot be reached. Connecting again…',
	refused: 'The recordings cannot be shown',
	noLinkTitle: 'Open this from the desk of a meeting',
	noLinkHint: '“Recordings” in the minutes or the relay tab of the desk opens this page.',
	none: 'There is no recording yet',
	noneHint: 'Start one in “Relay · recording”; once it has ended it can be played here.',
	list: 'Recordings',
	states: { recording: 'Recording', finishing: 'Being put together', ready: 'Ready', removed: 'No file' },
	diskFull: 'Stopped because the disk was full',
	diskFailed: 'Stopped because the disk could not be written',
	stillRecording: 'It is being recorded. It can be played here when it has ended.',
	stillFinishing: 'It is being put together as one file and appears here by itself.',
	removed: {
		asked: (when) => `The file was removed on ${when}.`,
		retention: (when) => `It was kept for its time and removed on ${when}.`,
		empty: () => 'It ended before there was a picture, so there is nothing in it.',
	},
	hashStays: 'The hash of the file stays in the record.',
	picture: 'The recording',
	playFailed: 'It could not be played.',
	again: 'Try again',
	download: 'Download',
	hash: 'Hash of the file (SHA-256)',
	copy: 'Copy the hash',
	copied: 'Copied',
	selected: 'The hash is selected: press Ctrl+C.',
	remove: 'Remove the file',
	removeSure: 'A removed file cannot be brought back. Who removed it and when, and its hash, stay in the record.',
	removeDo: 'Remove',
	cancel: 'Keep it',
	removeFailed: 'It could not be removed.',
	contents: 'Items and speeches',
	contentsLoading: 'Loading items and speeches…',
	contentsFailed: 'Items and speeches could not be loaded.',
	noContents: 'No item or speech was noted during this recording',
	noContentsHint: 'Where the floor is open to all, speeches are not noted one by one.',
	search: 'Find a name, bureau or item',
	found: (n) => `${n} found`,
	notFound: 'Nothing like that',
	item: 'Item',
	onItem: (item) => `Item ${item}`,
	slide: (page) => `Slide ${page}`,
	playing: 'Playing',
	only: 'This speech only',
	onlyOf: (who) => `Play only the speech of ${who}`,
	onlyOn: 'Plays to the end of this speech',
	notRecorded: 'Not recorded: plays from where it goes on',
	partRecorded: 'Part of it was not recorded',
	keys: '↑ ↓ to move, Enter to play',
}

export const recordingTexts = (language: Language): RecordingTexts => (language === 'ko' ? ko : en)

/** Why nothing is shown. */
export function faultText(texts: RecordingTexts, fault: Fault, language: Language): string {
	return fault === 'lost' ? texts.lost : errorTexts[language][fault]
}

/** '11월 23일 (월) 14:03', 'Mon 23 Nov 14:03'. */
export function dateTime(at: number, language: Language): string {
	return new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
		...{ month: language === 'ko' ? 'long' : 'short', day: 'numeric', weekday: 'short' },
		...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
	}).format(at)
}
