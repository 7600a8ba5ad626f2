import type { Fault, State, Step } from './state.ts'

/** What an update tells whoever sits at the terminal, in the house's language. Pure. */

export type Language = 'ko' | 'en'

/** The terminal's language where it says one of ours, else the room's. */
export function languageOf(env: NodeJS.ProcessEnv, room: Language): Language {
	const said = (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').slice(0, 2)
	return said === 'ko' || said === 'en' ? said : room
}

const steps: Record<Language, Partial<Record<Step, string>>> = {
	ko: {
		prepare: '파일을 확인하고 지금 버전을 보관합니다',
		stop: '서비스를 멈춥니다',
		save: '데이터베이스와 데이터를 보관합니다',
		install: '새 버전을 설치합니다',
		start: '서비스를 시작합니다',
		watch: '새 버전이 정상인지 지켜봅니다',
		commit: '정리합니다',
		'undo-stop': '되돌립니다: 서비스를 멈춥니다',
		'undo-install': '되돌립니다: 이전 버전을 설치합니다',
		'undo-data': '되돌립니다: 데이터베이스와 데이터를 되살립니다',
		'undo-start': '되돌립니다: 서비스를 시작합니다',
		'undo-watch': '되돌립니다: 이전 버전이 정상인지 지켜봅니다',
		discard: '정리합니다',
		drop: '정리합니다',
	},
	en: {
		prepare: 'looking at the file and keeping the present version',
		stop: 'stopping the service',
		save: 'keeping the database and the data',
		install: 'installing the new version',
		start: 'starting the service',
		watch: 'watching whether the new version is well',
		commit: 'tidying up',
		'undo-stop': 'going back: stopping the service',
		'undo-install': 'going back: installing the previous version',
		'undo-data': 'going back: restoring the database and the data',
		'undo-start': 'going back: starting the service',
		'undo-watch': 'going back: watching whether the previous version is well',
		discard: 'tidying up',
		drop: 'tidying up',
	},
}

const faults: Record<Language, Record<string, string>> = {
	ko: {
		'no-update': '마루의 업데이트 파일이 아니거나, 이 버전이 모르는 형식입니다',
		unsigned: '서명이 없습니다',
		'unknown-key': '이 장비가 모르는 키로 서명되었습니다. 공개 키를 /etc/maru/update.pub에 두십시오',
		'wrong-signature': '서명이 맞지 않습니다. 파일이 바뀌었습니다',
		changed: '내용이 서명된 것과 다릅니다. 다시 복사하십시오',
		truncated: '파일이 중간에 끊겼습니다. 다시 복사하십시오',
		architecture: '다른 종류의 장비({})용입니다',
		same: '이미 이 버전({})입니다',
		older: '설치된 버전({})보다 오래되었습니다. 그래도 설치하려면 --downgrade',
		jump: '이 버전에서 바로 올릴 수 없습니다. 먼저 {} 이상을 설치하십시오',
		'not-over': '{} 이상인 버전 위에는 설치할 수 없습니다',
		schema: '데이터베이스가 더 새로운 형식입니다({}). 그 버전의 백업을 되살려야 합니다',
		depends: '데비안 꾸러미가 없습니다: {}. --offline으로 만든 업데이트를 쓰십시오',
		clock: '장비의 시계가 틀립니다({}). 시계를 맞추십시오',
		space: '저장 공간이 {} 모자랍니다',
		meeting: '회의 중입니다. 끝난 뒤에 하거나, 그래도 하려면 --now',
		interrupted: '중간에 끊겼습니다(정전이거나 강제 종료)',
		'no-answer': '서비스가 응답하지 않습니다',
		'other-version': '응답하는 버전이 다릅니다({})',
		unwell: '서비스가 정상이 아닙니다: {}',
		ended: '서비스가 스스로 끝나 다시 시작되었습니다({}번)',
		doctor: 'maru doctor가 새로 찾은 것: {}',
		dpkg: '설치하지 못했습니다: {}',
		program: '명령이 실패했습니다: {}',
		failed: '{}',
		'not-root': '관리자(root)만 할 수 있습니다: sudo maru update',
		'not-installed': '마루가 꾸러미로 설치되어 있지 않습니다',
		'no-file': '파일을 읽을 수 없습니다: {}',
		'under-way': '다른 업데이트가 진행 중입니다: maru update --status',
		'cut-off': '끊긴 업데이트가 남아 있습니다: systemctl start maru-update-recover',
	},
	en: {
		'no-update': 'this is no update of Maru, or of a form that this version does not know',
		unsigned: 'nobody has signed it',
		'unknown-key':
			'it is signed with a key that this machine does not know: its public half belongs in /etc/maru/update.pub',
		'wrong-signature': 'its signature is wrong: the file was changed',
		changed: 'its content is not what was signed: copy it again',
		truncated: 'the file is cut off: copy it again',
		architecture: 'it is for another kind of machine ({})',
		same: 'this version ({}) is installed already',
		older: 'it is older than what is installed ({}): --downgrade installs it all the same',
		jump: 'it cannot be put over this version: first install {} or later',
		'not-over': 'it cannot be put over {} and later',
		schema: 'the database is of a newer form ({}): a backup of that version has to be restored',
		depends: 'packages of Debian are missing: {}. Take an update that was made with --offline',
		clock: "this machine's clock is wrong ({}): set it",
		space: '{} of disk are lacking',
		meeting: 'a meeting goes on: wait for its end, or --now does it all the same',
		interrupted: 'it was cut off, by a power cut or by whoever ended it',
		'no-answer': 'the service does not answer',
		'other-version': 'another version answers ({})',
		unwell: 'the service is not well: {}',
		ended: 'the service ended by itself and was started anew ({} times)',
		doctor: 'maru doctor finds what it did not before: {}',
		dpkg: 'it could not be installed: {}',
		program: 'a command failed: {}',
		failed: '{}',
		'not-root': 'only root can do that: sudo maru update',
		'not-installed': 'Maru is not installed as a package here',
		'no-file': 'the file cannot be read: {}',
		'under-way': 'another update is under way: maru update --status',
		'cut-off': 'an update was cut off: systemctl start maru-update-recover',
	},
}

const endings = {
	ko: {
		new: '업데이트했습니다: {from} → {to}',
		refused: '업데이트하지 않았습니다. 바뀐 것은 없습니다: {why}',
		old: '업데이트하지 못해 이전 버전({from})으로 되돌렸습니다: {why}',
		unwell: '이전 버전({from})으로 되돌렸지만 정상이 아닙니다({unwell}). maru doctor로 확인하십시오. 처음 원인: {why}',
		stuck: '이전 버전으로 되돌리지 못했습니다({unwell}). 다시 시작하면 한 번 더 시도합니다. 처음 원인: {why}',
	},
	en: {
		new: 'updated: {from} → {to}',
		refused: 'not updated, and nothing was changed: {why}',
		old: 'the update failed, and the previous version ({from}) is back: {why}',
		unwell:
			'the previous version ({from}) is back, but it is not well ({unwell}): see maru doctor. It began with: {why}',
		stuck:
			'the previous version could not be put back ({unwell}). It is tried again at the next boot. It began with: {why}',
	},
} as const

export const stepWords = (step: Step, language: Language): string | null => steps[language][step] ?? null

export function faultWords({ code, detail }: Fault, language: Language): string {
	const words = faults[language][code]
	return words === undefined ? `${code} ${detail}`.trim() : words.replace('{}', detail)
}

/** How it ended, in a sentence. */
export function ending(
	{ step, from, to, why, unwell }: Pick<State, 'step' | 'from' | 'to' | 'why' | 'unwell'>,
	language: Language,
) {
	const kind =
		step === 'old' && unwell ? 'unwell' : step === 'new' || step === 'old' || step === 'refused' ? step : 'stuck'
	const say = (fault: Fault | null) => (fault ? faultWords(fault, language) : '')
	const fill: Record<string, string> = { from, to, why: say(why), unwell: say(unwell) }
	return endings[language][kind].replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? '')
}

/** Every fault has words in both languages. */
export const faultCodes = Object.keys(faults.en)
