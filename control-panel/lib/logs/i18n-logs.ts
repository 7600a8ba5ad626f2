import type { BundleStep } from '../../../appliance/protocol/bundle.ts'
import type { Words } from '../words.ts'

/** The words of the bundle of logs. */

const ko = {
	title: '기술 지원용 기록',
	lead: '고장을 알아볼 때 보내는 파일입니다. 회의 링크, 비밀번호, PIN, 이름은 들어 있지 않습니다.',
	make: '기록 묶기',
	again: '새로 묶기',
	take: '내려받기',
	steps: {
		logs: '기록을 모으는 중…',
		doctor: '장치를 점검하는 중…',
		figures: '상태를 재는 중…',
		done: '마무리 중…',
	} as Record<BundleStep, string>,
	ready: (time: string, size: string) => `${time}에 묶음, ${size}`,
	elsewhere: '시설 담당자가 콘솔(/console)에서 내려받을 수 있습니다.',
	failed: '묶지 못했습니다. 회의실 PC에서 maru logs --bundle 파일',
	away: '지금은 회의실에 연결할 수 없습니다.',
}

type LogsTexts = Words<typeof ko>

const en: LogsTexts = {
	title: 'Logs for support',
	lead: 'A file to send to whoever looks into a fault. No meeting link, password, PIN or name is in it.',
	make: 'Collect logs',
	again: 'Collect again',
	take: 'Download',
	steps: { logs: 'Collecting logs…', doctor: 'Looking at devices…', figures: 'Taking figures…', done: 'Finishing…' },
	ready: (time, size) => `Made at ${time}, ${size}`,
	elsewhere: 'Facilities staff can download it on the console (/console).',
	failed: 'It could not be made. On the room PC: maru logs --bundle FILE',
	away: 'The room cannot be reached now.',
}

export const logsTexts = { ko, en }

export const sizeOf = (bytes: number) =>
	bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1_000))} kB`
