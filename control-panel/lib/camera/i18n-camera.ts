import type { RoomCommandType } from '../../../appliance/protocol/room-commands.ts'
import type { CameraStatus, CameraView } from '../../../appliance/protocol/room-state.ts'
import type { Language } from '../i18n.svelte.ts'

/** Words around one camera in hand, on the touch panel and the facilities page. */

const ko = {
	close: '닫기',
	cancel: '취소',
	previous: '이전',
	next: '다음',
	since: (time: string) => `${time}부터`,
	unconfirmed: '요청은 전달되었지만 회의실이 확인해 주지 않았습니다',

	// In the call.
	onAir: '송출 중',
	notOnAir: '송출 안 함',
	watching: '보는 중',
	sources: '카메라 선택',
	moreCameras: '다른 카메라',
	sourceIdle: '대기',
	sourceBlind: '화면 없음',

	// Pictures.
	pictureOpening: '화면을 여는 중',
	pictureNone: '화면이 연결되지 않은 카메라',
	pictureNoneLead: '움직임과 프리셋만 조종할 수 있습니다',
	pictureFrozen: (seconds: number) => `멈춘 화면 · ${seconds}초 전`,
	pictureOf: (name: string) => `${name} 카메라 화면`,
	pictureFailed: '화면을 받을 수 없습니다',

	// Camera.
	pad: '카메라 방향',
	padHint: '가운데를 끌거나 화살표를 누르고 계세요',
	stopCamera: '멈춤',
	up: '위로',
	down: '아래로',
	left: '왼쪽으로',
	right: '오른쪽으로',
	upLeft: '왼쪽 위로',
	upRight: '오른쪽 위로',
	downLeft: '왼쪽 아래로',
	downRight: '오른쪽 아래로',
	zoom: '확대·축소',
	zoomIn: '확대',
	zoomOut: '축소',
	speed: '속도',
	slow: '느리게',
	normal: '보통',
	fast: '빠르게',
	homePosition: '기본 위치',
	goingHome: '가는 중…',
	cannotMove: '이 카메라는 방향을 바꿀 수 없습니다',
	cannotDrive: '이 카메라는 지금 조종할 수 없습니다',
	pan: '좌우',
	tilt: '상하',
	zoomShort: '확대',
	positionUnknown: '위치를 알려 주지 않는 카메라',
	focus: '초점',
	focusAuto: '자동 초점',
	auto: '자동',
	focusNear: '초점 가까이',
	near: '가까이',
	focusFar: '초점 멀리',
	far: '멀리',

	// What became of what was asked.
	motion: '움직임',
	idle: '대기 중',
	requested: '요청함',
	moving: '움직이는 중',
	arrived: '도착함',
	stopped: '멈춤',
	failed: '실패',
	failedWhy: (reason: string) => `실패 · ${reason}`,
	keysHint: '키보드: 방향키, +, −, 초점 N F A',

	// Who drives.
	mine: '이 화면에서 조종 중',
	drivenBy: (who: string) => `${who} 조종 중`,
	drivenByDirector: '자동 연출이 조종 중',
	takeOver: '조종 가져오기',
	giveBack: '조종 돌려주기',
	free: '조종하는 사람 없음',
	leaseLeft: (seconds: number) => `${seconds}초 뒤 풀립니다`,

	// Presets.
	presets: '저장된 화면',
	preset: (slot: number) => `화면 ${slot}`,
	emptySlot: '비어 있음',
	save: '화면 저장',
	saveStop: '저장 취소',
	saveWhere: '지금 화면을 저장할 칸을 누르세요',
	saveTitle: (slot: number) => `${slot}번 칸에 지금 화면을 저장`,
	saveName: '이름',
	saveSuggestions: '자주 쓰는 이름',
	saveDo: '저장',
	overwriteTitle: (slot: number, name: string) => `${slot}번 ‘${name}’ 대신 지금 화면을 저장`,
	overwriteLead: '이 화면이 사라집니다. 바꾼 뒤 30초 동안은 되돌릴 수 있습니다.',
	overwriteOld: '지금 저장된 화면',
	overwriteNew: '새로 저장할 화면',
	overwriteDo: '바꾸기',
	removeDo: '이 칸 비우기',
	removeSure: '한 번 더 누르면 비웁니다',
	saved: (name: string) => `‘${name}’ 저장했습니다`,
	undo: '되돌리기',
	undone: '저장을 되돌렸습니다',
	replacedNow: (slot: number, name: string) => `${slot}번 ‘${name}’ 바꿈`,
	removedNow: (slot: number, name: string) => `${slot}번 ‘${name}’ 비움`,
	undoLeft: (seconds: number) => `되돌리기 ${seconds}초`,
	going: '가는 중…',
	here: '지금 이 화면',
	movedAway: (name: string) => `‘${name}’에서 벗어남`,
	notReached: '가지 못함',
	notReachedLong: (name: string) => `‘${name}’에 가지 못했습니다`,
	suggestWide: '전경',
	suggestLectern: '발언대',
	suggestChair: '의장석',
	suggestAudience: '방청석',
}

const en: { [K in keyof typeof ko]: (typeof ko)[K] extends string ? string : (typeof ko)[K] } = {
	close: 'Close',
	cancel: 'Cancel',
	previous: 'Back',
	next: 'Next',
	since: (time) => `since ${time}`,
	unconfirmed: 'The request arrived, but the room did not confirm it',

	onAir: 'On air',
	notOnAir: 'Not on air',
	watching: 'Shown here',
	sources: 'Choose a camera',
	moreCameras: 'More cameras',
	sourceIdle: 'Standby',
	sourceBlind: 'No picture',

	pictureOpening: 'Opening the picture',
	pictureNone: 'This camera has no picture connected',
	pictureNoneLead: 'It can still be moved and saved views recalled',
	pictureFrozen: (seconds) => `Frozen · ${seconds} s ago`,
	pictureOf: (name) => `Picture of camera ${name}`,
	pictureFailed: 'No picture is arriving',

	pad: 'Camera direction',
	padHint: 'Drag the centre, or hold an arrow',
	stopCamera: 'Stop',
	up: 'Up',
	down: 'Down',
	left: 'Left',
	right: 'Right',
	upLeft: 'Up and left',
	upRight: 'Up and right',
	downLeft: 'Down and left',
	downRight: 'Down and right',
	zoom: 'Zoom',
	zoomIn: 'Zoom in',
	zoomOut: 'Zoom out',
	speed: 'Speed',
	slow: 'Slow',
	normal: 'Normal',
	fast: 'Fast',
	homePosition: 'Home position',
	goingHome: 'On its way…',
	cannotMove: 'This camera cannot be turned',
	cannotDrive: 'This camera cannot be driven right now',
	pan: 'Pan',
	tilt: 'Tilt',
	zoomShort: 'Zoom',
	positionUnknown: 'This camera does not tell its position',
	focus: 'Focus',
	focusAuto: 'Autofocus',
	auto: 'Auto',
	focusNear: 'Focus nearer',
	near: 'Near',
	focusFar: 'Focus further',
	far: 'Far',

	motion: 'Movement',
	idle: 'Standing by',
	requested: 'Requested',
	moving: 'Moving',
	arrived: 'Arrived',
	stopped: 'Stopped',
	failed: 'Failed',
	failedWhy: (reason) => `Failed · ${reason}`,
	keysHint: 'Keys: arrows, +, −, focus N F A',

	mine: 'Driven from this screen',
	drivenBy: (who) => `Driven by ${who}`,
	drivenByDirector: 'Driven by the director',
	takeOver: 'Take over',
	giveBack: 'Give back',
	free: 'Nobody is driving',
	leaseLeft: (seconds) => `Free in ${seconds} s`,

	presets: 'Saved views',
	preset: (slot) => `View ${slot}`,
	emptySlot: 'Empty',
	save: 'Save view',
	saveStop: 'Stop saving',
	saveWhere: 'Press the place where the view should be saved',
	saveTitle: (slot) => `Save the present view as ${slot}`,
	saveName: 'Name',
	saveSuggestions: 'Common names',
	saveDo: 'Save',
	overwriteTitle: (slot, name) => `Replace ${slot} “${name}” with the present view`,
	overwriteLead: 'This view is replaced. It can be brought back for 30 seconds.',
	overwriteOld: 'Saved until now',
	overwriteNew: 'To be saved',
	overwriteDo: 'Replace',
	removeDo: 'Empty this place',
	removeSure: 'Press again to empty it',
	saved: (name) => `Saved “${name}”`,
	undo: 'Undo',
	undone: 'The view is no longer saved',
	replacedNow: (slot, name) => `${slot} “${name}” replaced`,
	removedNow: (slot, name) => `${slot} “${name}” emptied`,
	undoLeft: (seconds) => `Undo ${seconds} s`,
	going: 'On its way…',
	here: 'Shown now',
	movedAway: (name) => `Moved away from “${name}”`,
	notReached: 'Not reached',
	notReachedLong: (name) => `“${name}” was not reached`,
	suggestWide: 'Wide',
	suggestLectern: 'Lectern',
	suggestChair: 'Chair',
	suggestAudience: 'Audience',
}

export const cameraTexts = { ko, en }

/** What did not happen, by what was asked. */
export const failureTexts: Record<Language, Record<RoomCommandType, string>> = {
	ko: {
		'room.start': '시작하지 못했습니다',
		'room.join': '참가하지 못했습니다',
		'room.leave': '나가지 못했습니다',
		'room.end': '회의를 끝내지 못했습니다',
		'room.mute': '마이크를 바꾸지 못했습니다',
		'camera.move': '카메라를 움직이지 못했습니다',
		'camera.stop': '카메라를 멈추지 못했습니다',
		'camera.home': '기본 위치로 가지 못했습니다',
		'camera.lease': '조종을 넘겨받지 못했습니다',
		'preset.save': '화면을 저장하지 못했습니다',
		'preset.recall': '저장된 화면으로 가지 못했습니다',
		'preset.remove': '칸을 비우지 못했습니다',
		'camera.focus': '초점을 맞추지 못했습니다',
		'preset.undo': '되돌리지 못했습니다',
	},
	en: {
		'room.start': 'Could not start',
		'room.join': 'Could not join',
		'room.leave': 'Could not leave',
		'room.end': 'Could not end the meeting',
		'room.mute': 'Could not change the microphone',
		'camera.move': 'Could not move the camera',
		'camera.stop': 'Could not stop the camera',
		'camera.home': 'Could not go to the home position',
		'camera.lease': 'Could not take over the camera',
		'preset.save': 'Could not save the view',
		'preset.recall': 'Could not go to the saved view',
		'preset.remove': 'Could not empty the place',
		'camera.focus': 'Could not focus',
		'preset.undo': 'Could not bring the view back',
	},
}

export const cameraStatusTexts: Record<Language, Record<CameraStatus, string>> = {
	ko: { ready: '정상', moving: '움직이는 중', stale: '응답 없음', failed: '연결 안 됨', off: '꺼짐' },
	en: { ready: 'Ready', moving: 'Moving', stale: 'No answer', failed: 'Not connected', off: 'Off' },
}

/** Why a camera is not as it should be, in few words; drivers may say more codes than these. */
export const cameraReasonTexts: Record<Language, Record<string, string>> = {
	ko: {
		unreachable: '연결할 수 없음',
		timeout: '응답 없음',
		rejected: '명령 거부',
		unsupported: '지원 안 함',
		protocol: '알 수 없는 답',
		lost: '연결 끊김',
		internal: '내부 오류',
		'no-motion': '움직이지 않음',
		'wrong-direction': '반대로 움직임',
		'still-moving-after-stop': '멈추지 않음',
		'no-answer': '응답 없음',
		'not-following': '카메라가 따르지 않습니다',
	},
	en: {
		unreachable: 'unreachable',
		timeout: 'no answer',
		rejected: 'refused',
		unsupported: 'unsupported',
		protocol: 'odd answer',
		lost: 'connection lost',
		internal: 'internal fault',
		'no-motion': 'does not move',
		'wrong-direction': 'moves the wrong way',
		'still-moving-after-stop': 'does not stop',
		'no-answer': 'no answer',
		'not-following': 'the camera does not follow',
	},
}

/** Roles of the house, in the names that the room gives to sockets. */
export const houseRoleTexts: Record<Language, Record<string, string>> = {
	ko: { panel: '패널', facilities: '시설 담당', admin: '관리자' },
	en: { panel: 'panel', facilities: 'facilities', admin: 'administrator' },
}

type Fault = NonNullable<CameraView['stream']>['fault']
type Mended = Exclude<NonNullable<CameraView['stream']>['remedy'], 'none'>
interface StreamTexts {
	/** For a tag on the picture. */
	brief: Record<Fault, string>
	/** What it is, and what to do where nothing could be done about it. */
	faults: Record<Fault, { what: string; todo: string }>
	/** What was done about it. */
	remedies: Record<Mended, string>
}

/** What is wrong with the pictures that a camera sends, for those who can set it up. */
export const streamTexts: Record<Language, StreamTexts> = {
	ko: {
		brief: {
			'b-frames': 'B프레임 영상',
			'long-gop': '키 프레임 간격이 긺',
			codec: 'H.264가 아닌 영상',
			unreadable: '읽을 수 없는 영상',
		},
		faults: {
			'b-frames': {
				what: '이 카메라는 B프레임을 보냅니다',
				todo: '카메라 설정에서 B프레임을 끄거나 H.264 Baseline을 고르세요',
			},
			'long-gop': {
				what: '이 카메라는 키 프레임을 드물게 보냅니다',
				todo: '카메라 설정에서 키 프레임(I프레임) 간격을 1초로 줄이세요',
			},
			codec: { what: '이 카메라는 H.264가 아닌 영상을 보냅니다', todo: '카메라 설정에서 코덱을 H.264로 바꾸세요' },
			unreadable: {
				what: '이 카메라의 영상을 읽을 수 없습니다',
				todo: '영상 주소와 사용자 이름, 암호를 확인하세요',
			},
		},
		remedies: {
			set: '브라우저에 맞게 카메라 설정을 바꾸었습니다',
			transcoded: '이 장치가 바꾸어서 보내고 있습니다. 화면이 조금 늦습니다.',
		},
	},
	en: {
		brief: {
			'b-frames': 'B-frames',
			'long-gop': 'Rare key frames',
			codec: 'Not H.264',
			unreadable: 'Unreadable picture',
		},
		faults: {
			'b-frames': {
				what: 'This camera sends B-frames',
				todo: 'Turn B-frames off in the camera, or choose H.264 Baseline',
			},
			'long-gop': {
				what: 'This camera sends key frames too rarely',
				todo: 'Set the key-frame (I-frame) interval in the camera to one second',
			},
			codec: { what: 'This camera does not send H.264', todo: 'Choose H.264 as codec in the camera' },
			unreadable: {
				what: 'The pictures of this camera cannot be read',
				todo: 'Check the picture’s address, the user name and the password',
			},
		},
		remedies: {
			set: 'The camera was set up for browsers',
			transcoded: 'They are converted here, which costs a little delay',
		},
	},
}
