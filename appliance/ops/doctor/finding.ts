import type { FindingState, Said } from '../../protocol/diagnosis.ts'

/** What `maru doctor` says of one thing that it looked at. */

export interface Finding {
	check: Check
	/** Which of several: a camera's id, a unit. */
	of: string | null
	state: FindingState
	detail: Said
	/** A command, or a place in maru.yaml. Null where all is well. */
	mend: Said | null
}

/** What is looked at, by the name that scripts know, as people read it. */
export const checks = {
	node: { ko: 'Node', en: 'Node' },
	configuration: { ko: '설정 파일', en: 'configuration' },
	user: { ko: '사용자', en: 'user' },
	cores: { ko: '프로세서', en: 'processors' },
	memory: { ko: '메모리', en: 'memory' },
	'socket-buffers': { ko: '소켓 버퍼', en: 'socket buffers' },
	'open-files': { ko: '열 수 있는 파일', en: 'open files' },
	sandbox: { ko: '브라우저 샌드박스', en: "browser's sandbox" },
	chromium: { ko: 'Chromium', en: 'chromium' },
	ffmpeg: { ko: 'ffmpeg', en: 'ffmpeg' },
	poppler: { ko: '슬라이드(PDF)', en: 'slides (PDF)' },
	libreoffice: { ko: '슬라이드(오피스 파일)', en: 'slides (office files)' },
	fonts: { ko: '한글 글꼴', en: 'fonts for Korean' },
	worker: { ko: '미디어 서버', en: 'sfu worker' },
	data: { ko: '데이터 폴더', en: 'data' },
	secrets: { ko: '비밀 파일', en: 'secret files' },
	disk: { ko: '디스크', en: 'disk' },
	'disk-speed': { ko: '디스크 속도', en: 'speed of the disk' },
	segments: { ko: '중계 조각 폴더', en: "relay's segments" },
	database: { ko: '데이터베이스', en: 'database' },
	journals: { ko: '회의 기록', en: 'journals' },
	backup: { ko: '백업', en: 'backup' },
	clock: { ko: '시계', en: 'clock' },
	'time-zone': { ko: '시간대', en: 'time zone' },
	network: { ko: '네트워크', en: 'network' },
	ports: { ko: '포트', en: 'ports' },
	address: { ko: '접속 주소', en: 'address' },
	certificate: { ko: '인증서', en: 'certificate' },
	authority: { ko: '인증 기관', en: 'certificate authority' },
	turn: { ko: 'TURN 서버', en: 'TURN server' },
	sms: { ko: '문자 발송', en: 'SMS gateway' },
	nginx: { ko: 'nginx', en: 'nginx' },
	service: { ko: '서비스', en: 'service' },
	version: { ko: '버전', en: 'version' },
	units: { ko: 'systemd 유닛', en: 'systemd units' },
	camera: { ko: '카메라', en: 'camera' },
	picture: { ko: '카메라 영상', en: 'picture of camera' },
	microphones: { ko: '회의용 마이크', en: 'microphones' },
	speakerphone: { ko: '스피커폰', en: 'speakerphone' },
	'speakerphone-rule': { ko: '스피커폰 udev 규칙', en: 'udev rule of speakerphones' },
	sound: { ko: '소리 장치', en: 'sound cards' },
	display: { ko: '회의장 화면', en: 'hall display' },
} as const satisfies Record<string, Said>
export type Check = keyof typeof checks

/** Names, numbers and commands are the same in any language. */
const same = (text: string): Said => ({ ko: text, en: text })

const said = (text: Said | string) => (typeof text === 'string' ? same(text) : text)

export function ok(check: Check, detail: Said | string, of: string | null = null): Finding {
	return { check, of, state: 'ok', detail: said(detail), mend: null }
}

export function fault(check: Check, detail: Said | string, mend: Said | string, of: string | null = null): Finding {
	return { check, of, state: 'fault', detail: said(detail), mend: said(mend) }
}

export function advice(check: Check, detail: Said | string, mend: Said | string, of: string | null = null): Finding {
	return { check, of, state: 'advice', detail: said(detail), mend: said(mend) }
}

/** Something that could not be read, and why. */
interface Unread {
	unread: string
}
export type Read<T> = T | Unread

export const isUnread = (read: unknown): read is Unread =>
	typeof read === 'object' && read !== null && Object.hasOwn(read, 'unread')

export function unread(
	check: Check,
	{ unread: reason }: Unread,
	mend: Said | string,
	of: string | null = null,
): Finding {
	const detail = { ko: `확인하지 못했습니다 (${reason})`, en: `could not be read (${reason})` }
	return { check, of, state: 'unread', detail, mend: said(mend) }
}
