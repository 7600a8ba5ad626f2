import type { Majority, VoteKind } from '../../appliance/protocol/floor.ts'
import type { Language } from './i18n.svelte.ts'
import type { Words } from './words.ts'

/** Words of votes, for the ballot of a person and the result on the hall display. Korean is the original. */

const ko = {
	vote: '표결',
	kinds: { hands: '거수 표결', recorded: '기명 표결', secret: '무기명 표결' } as Record<VoteKind, string>,
	/** Of the three choices that a vote has unless it is given others. */
	choices: { for: '찬성', against: '반대', abstain: '기권' } as Record<string, string>,
	turnout: (cast: number, eligible: number) => `${eligible}명 중 ${cast}명 투표`,
	closesIn: '마감까지',
	confirm: (choice: string) => `‘${choice}’에 투표할까요?`,
	confirmHint: '무기명 투표는 한 번 하면 바꿀 수 없습니다. 누가 어디에 투표했는지 기록되지 않습니다.',
	cast: '투표하기',
	back: '다시 고르기',
	casting: '투표하는 중…',
	done: '투표했습니다',
	doneFor: (choice: string) => `‘${choice}’에 투표했습니다`,
	mayChange: '마감 전까지 바꿀 수 있습니다.',
	stays: '무기명 투표는 바꿀 수 없습니다.',
	own: '내 표',
	proxy: (name: string) => `${name} 대리 투표`,
	notEligible: '이 표결에는 투표권이 없습니다.',
	notEligibleHint: '결과는 마감 후 여기에 보입니다.',
	hands: '회의장에서 손을 들어 표시해 주세요. 사무국이 셉니다.',
	handsRemote: '회의장 밖에서는 아래에서 투표해 주세요.',
	result: '표결 결과',
	passed: '가결',
	rejected: '부결',
	decided: '집계 완료',
	reasons: { quorum: '의결 정족수 미달', majority: '가결 요건 미달' },
	majorities: {
		more: '찬성이 반대보다 많으면 가결',
		overHalf: '투표자 과반수 찬성',
		overHalfOfAll: '재적 과반수 찬성',
		twoThirds: '투표자 3분의 2 이상 찬성',
	} as Record<Majority, string>,
	cancelled: '표결이 취소되었습니다',
	choice: '선택',
	votes: '표',
	count: (votes: number) => `${votes}표`,
	hide: '접기',
	show: '펼치기',
	close: '닫기',
	saidOpened: (title: string) => `표결이 시작되었습니다: ${title}`,
	saidResult: (title: string, outcome: string) => `표결 결과. ${title}: ${outcome}`,
}

export type VoteTexts = Words<typeof ko>

const en: VoteTexts = {
	vote: 'Vote',
	kinds: { hands: 'Show of hands', recorded: 'Recorded vote', secret: 'Secret vote' },
	choices: { for: 'For', against: 'Against', abstain: 'Abstain' },
	turnout: (cast, eligible) => `${cast} of ${eligible} have voted`,
	closesIn: 'Closes in',
	confirm: (choice) => `Vote “${choice}”?`,
	confirmHint: 'A secret ballot cannot be changed once cast. Nobody records who voted for what.',
	cast: 'Cast my vote',
	back: 'Choose again',
	casting: 'Casting…',
	done: 'You have voted',
	doneFor: (choice) => `You voted “${choice}”`,
	mayChange: 'You may change it until the vote closes.',
	stays: 'A secret ballot cannot be changed.',
	own: 'My vote',
	proxy: (name) => `By proxy for ${name}`,
	notEligible: 'You have no vote in this one.',
	notEligibleHint: 'The result appears here once it closes.',
	hands: 'Raise your hand in the hall. The clerk counts.',
	handsRemote: 'If you are not in the hall, vote below.',
	result: 'Result of the vote',
	passed: 'Passed',
	rejected: 'Rejected',
	decided: 'Counted',
	reasons: { quorum: 'too few took part', majority: 'not enough votes for it' },
	majorities: {
		more: 'Passes with more for than against',
		overHalf: 'Passes with more than half of those who voted',
		overHalfOfAll: 'Passes with more than half of all members',
		twoThirds: 'Passes with two thirds of those who voted',
	},
	cancelled: 'The vote was cancelled',
	choice: 'Choice',
	votes: 'Votes',
	count: (votes) => (votes === 1 ? '1 vote' : `${votes} votes`),
	hide: 'Fold',
	show: 'Unfold',
	close: 'Close',
	saidOpened: (title) => `A vote has begun: ${title}`,
	saidResult: (title, outcome) => `Result of the vote. ${title}: ${outcome}`,
}

export function voteTexts(language: Language): VoteTexts {
	return language === 'en' ? en : ko
}
