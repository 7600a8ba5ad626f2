import type { FloorMode } from '../../appliance/protocol/rules.ts'
import type { Language } from './i18n.svelte.ts'
import type { KindChange } from './kind/changes.ts'
import type { Words } from './words.ts'

/** Words of a meeting that becomes a class or a counselling session, and back. Korean is the original. */

const modesKo: Record<FloorMode, string> = {
	open: '자유 발언',
	automatic: '자동 허가',
	queue: '신청 순서',
	chair: '의장 허가',
	voice: '음성 감지',
}
const modesEn: Record<FloorMode, string> = {
	open: 'open floor',
	automatic: 'automatic',
	queue: 'in turn',
	chair: 'chair grants',
	voice: 'by voice',
}

const ko = {
	kind: '회의 종류',
	ask: '무엇으로 바꿀까요?',
	now: '지금',
	names: { council: '회의', class: '교육', counsel: '민원 상담' },
	hints: {
		council: '발언 허가와 표결',
		class: '질문·퀴즈·조별 활동·수료증',
		counsel: '둘만의 상담, 녹화는 동의할 때만',
	},
	sure: { council: '회의로 바꿉니다', class: '교육으로 바꿉니다', counsel: '민원 상담으로 바꿉니다' },
	act: { council: '회의로 바꾸기', class: '교육으로 바꾸기', counsel: '민원 상담으로 바꾸기' },
	stays: (count: number) => `들어와 있는 ${count}명은 끊기지 않고 그대로 있습니다. 같은 방법으로 되돌릴 수 있습니다.`,
	leave: '그대로 두기',
	change(change: KindChange): string {
		switch (change.what) {
			case 'mode':
				return `발언 방식이 바뀝니다: ${modesKo[change.from]} → ${modesKo[change.to]}.`
			case 'locked':
				return '새로 오는 사람은 대기실에서 기다립니다.'
			case 'unlocked':
				return '링크가 있는 사람은 대기실 없이 들어옵니다.'
			case 'chatUnkept':
				return '대화를 기록에 남기지 않습니다.'
			case 'vote':
				return '진행 중인 표결은 결과 없이 끝납니다.'
			case 'poll':
				return '진행 중인 설문·퀴즈는 결과 없이 끝납니다.'
			case 'groups':
				return '조별 활동을 마치고 모두 돌아옵니다.'
			case 'check':
				return '진행 중인 출석 확인은 아무에게도 불리하지 않게 끝납니다.'
			case 'relay':
				return '중계가 끝납니다.'
			case 'recording':
				return '녹화가 끝납니다.'
			case 'classBegins':
				return '출석 시간을 세기 시작하고 질문·퀴즈·조별 활동·수료증을 씁니다.'
			case 'classEnds':
				return '출석 시간은 여기까지 셉니다. 다시 교육으로 바꾸면 이어서 셉니다.'
			case 'counselBegins':
				return '중계하지 않으며, 녹화는 모두 동의해야 시작됩니다.'
		}
	},
}

export type KindTexts = Words<typeof ko>

const en: KindTexts = {
	kind: 'Kind of meeting',
	ask: 'What should it be?',
	now: 'now',
	names: { council: 'Meeting', class: 'Class', counsel: 'Counselling' },
	hints: {
		council: 'The floor and votes',
		class: 'Questions, quizzes, groups, certificates',
		counsel: 'In private, recorded by consent only',
	},
	sure: { council: 'Make it a meeting', class: 'Make it a class', counsel: 'Make it counselling' },
	act: { council: 'Make it a meeting', class: 'Make it a class', counsel: 'Make it counselling' },
	stays: (count) =>
		`${count === 1 ? 'The one who is in stays' : `All ${count} who are in stay`}, without a break. It is undone the same way.`,
	leave: 'Leave it as it is',
	change(change) {
		switch (change.what) {
			case 'mode':
				return `The floor changes: ${modesEn[change.from]} → ${modesEn[change.to]}.`
			case 'locked':
				return 'Whoever comes from now on waits in the lobby.'
			case 'unlocked':
				return 'Whoever has a link comes in without the lobby.'
			case 'chatUnkept':
				return 'Messages are not kept in the record.'
			case 'vote':
				return 'The open vote ends without a result.'
			case 'poll':
				return 'The open poll or quiz ends without a result.'
			case 'groups':
				return 'The groups end, and all come back.'
			case 'check':
				return 'The presence check ends, and is held against nobody.'
			case 'relay':
				return 'The relay ends.'
			case 'recording':
				return 'The recording ends.'
			case 'classBegins':
				return 'Attendance is counted; there are questions, quizzes, groups and certificates.'
			case 'classEnds':
				return 'Attendance is counted up to here, and goes on if it becomes a class again.'
			case 'counselBegins':
				return 'Nothing is relayed, and a recording begins only when all agree.'
		}
	},
}

export function kindTexts(language: Language): KindTexts {
	return language === 'en' ? en : ko
}
