/** The words of the morning check: panels, the command line and webhooks tell it alike. */

interface Fault {
	/** What is so. */
	what: string
	/** What mends it. */
	todo: string
}
type Faults = Record<RehearsalFault, Fault>

const ko = {
	// Cameras.
	'camera-silent': {
		what: '카메라가 응답하지 않습니다',
		todo: '카메라의 전원과 제어 케이블(또는 네트워크)을 확인하세요.',
	},
	'camera-login': {
		what: '카메라가 사용자 이름이나 비밀번호를 받아들이지 않습니다',
		todo: '시설 화면에서 이 카메라의 로그인 정보를 다시 입력하세요.',
	},
	'camera-untrusted': {
		what: '카메라의 인증서가 전과 다릅니다',
		todo: '카메라를 바꾸었다면 시설 화면에서 다시 등록하고, 아니라면 네트워크를 점검하세요.',
	},
	'camera-refuses': {
		what: '카메라가 명령을 거부합니다',
		todo: '카메라가 대기 상태인지, 다른 장치가 제어하고 있는지 확인하세요.',
	},
	'camera-unclear': {
		what: '카메라의 응답을 알아들을 수 없습니다',
		todo: '시설 화면에서 드라이버, 통신 속도, 주소가 이 기종과 맞는지 확인하세요.',
	},
	'camera-still': {
		what: '명령은 받지만 움직이지 않습니다',
		todo: '카메라를 껐다 켜고, 회전부가 무언가에 걸렸는지 확인하세요.',
	},
	'camera-reversed': {
		what: '반대 방향으로 움직입니다',
		todo: '카메라 메뉴의 좌우 반전, 시설 화면의 천장 설치 설정을 확인하세요.',
	},
	'camera-runs-on': { what: '멈추라고 해도 계속 움직입니다', todo: '카메라를 껐다 켜고, 계속되면 수리를 맡기세요.' },
	'camera-astray': {
		what: '원래 있던 곳으로 돌아가지 않았습니다',
		todo: '카메라를 다시 맞추고, 되풀이되면 회전부를 점검하세요.',
	},
	'camera-blind': { what: '위치를 알려 주지 않아 움직임을 증명할 수 없습니다', todo: '직접 눈으로 확인하세요.' },
	'camera-fixed': { what: '움직이지 않는 카메라입니다', todo: '할 일이 없습니다.' },
	'camera-taken': { what: '점검 중에 누군가 이 카메라를 움직였습니다', todo: '점검을 다시 하면 됩니다.' },
	'preset-missed': {
		what: '저장된 위치에 가지 않았습니다',
		todo: '카메라 화면에서 이 위치를 다시 저장하고, 되풀이되면 카메라를 점검하세요.',
	},
	'preset-late': {
		what: '제때 저장된 위치에 닿지 못했습니다',
		todo: '회전부가 뻑뻑한지, 속도 설정이 낮은지 확인하세요.',
	},
	'preset-unit': {
		what: '저장된 위치가 다른 기종의 것입니다',
		todo: '카메라 화면에서 이 위치를 이 카메라로 다시 저장하세요.',
	},
	// Sound.
	'microphone-missing': { what: '마이크를 찾을 수 없습니다', todo: '마이크 케이블과 audio.input 설정을 확인하세요.' },
	'microphone-silent': {
		what: '마이크에서 아무 소리도 들어오지 않습니다',
		todo: '마이크 자체의 음소거와 믹서의 입력을 확인하세요.',
	},
	'tone-unheard': {
		what: '스피커로 낸 시험음이 마이크에 들리지 않습니다',
		todo: '스피커의 전원, 음량, 케이블과 audio.output 설정을 확인하세요.',
	},
	'too-noisy': {
		what: '회의실이 시끄러워 시험음을 가려낼 수 없습니다',
		todo: '소음이 나는 것을 끄거나 점검 시각을 옮기세요.',
	},
	'volume-zero': { what: '소리 크기가 0입니다', todo: '패널에서 소리 크기를 올리세요.' },
	'speaker-missing': { what: '소리를 낼 장치가 없습니다', todo: '스피커를 연결하세요. 꽂으면 저절로 찾습니다.' },
	'speaker-elsewhere': {
		what: '정해진 스피커가 없어 다른 장치로 소리가 났습니다',
		todo: '스피커 케이블과 audio.output 설정을 확인하세요.',
	},
	'sound-cancelled': {
		what: '스피커폰이 제 소리를 지우므로 시험음을 증명할 수 없습니다. 마이크는 살아 있습니다',
		todo: '소리는 패널의 ‘시험음 듣기’로 직접 들어 보세요.',
	},
	'sound-none': { what: '이 회의실은 소리를 보내지 않게 설정되어 있습니다', todo: '할 일이 없습니다.' },
	'sound-virtual': { what: '가상 마이크여서 시험음을 들을 수 없습니다', todo: '할 일이 없습니다.' },
	// The call.
	'stage-away': {
		what: '회의실 화면(브라우저)이 실행되지 않습니다',
		todo: 'maru doctor로 chromium을 확인하고 서비스를 다시 시작하세요.',
	},
	'call-hub': {
		what: '회의 서버에 연결되지 않습니다',
		todo: '서비스를 다시 시작하고, 계속되면 로그 묶음을 보내 주세요.',
	},
	'call-refused': {
		what: '회의 서버가 회의실을 들이지 않습니다',
		todo: '서비스를 다시 시작하고, 계속되면 로그 묶음을 보내 주세요.',
	},
	'call-ice': {
		what: '회의에 들어갔지만 미디어가 연결되지 않습니다',
		todo: '미디어 포트(UDP 44300부터)가 막혔는지, listen.media 설정을 확인하세요.',
	},
	'call-media': {
		what: '회의에 들어갔지만 소리나 화면이 서버에 닿지 않습니다',
		todo: '마이크와 카메라 영상이 나오는지 확인하세요.',
	},
	'sound-unreceived': {
		what: '마이크 소리가 회의 서버에 닿지 않습니다',
		todo: '마이크 케이블과 audio.input 설정을 확인하세요.',
	},
	'picture-missing': {
		what: '카메라 영상이 회의에 나오지 않습니다',
		todo: '카메라의 영상 주소(RTSP)나 캡처 장치를 시설 화면에서 확인하세요.',
	},
	'picture-frozen': {
		what: '카메라 영상이 멈춰 있습니다',
		todo: '카메라를 껐다 켜고 네트워크를 확인하세요.',
	},
	// What goes out and is kept.
	'relay-refused': { what: '중계를 시작할 수 없습니다', todo: 'maru doctor로 chromium과 ffmpeg를 확인하세요.' },
	'relay-empty': {
		what: '중계를 시작했지만 영상 조각이 나오지 않습니다',
		todo: 'maru doctor로 ffmpeg를 확인하고, 이 PC가 바쁜지 보세요.',
	},
	'relay-stays': { what: '중계가 멈추지 않습니다', todo: '서비스를 다시 시작하세요.' },
	'recording-refused': { what: '녹화를 시작할 수 없습니다', todo: '데이터 폴더가 있는 디스크를 확인하세요.' },
	'recording-empty': { what: '녹화에 아무것도 담기지 않았습니다', todo: 'maru doctor로 ffmpeg를 확인하세요.' },
	'recording-stopped': {
		what: '녹화가 저절로 끊겼습니다',
		todo: '디스크의 남은 공간을 확인하고 오래된 녹화를 지우세요.',
	},
	// The machine.
	'disk-full': { what: '디스크가 가득 찼습니다', todo: '오래된 녹화와 문서를 지우거나 더 큰 디스크로 바꾸세요.' },
	'disk-low': {
		what: '디스크에 남은 공간이 적습니다',
		todo: '오래된 녹화를 지우거나 relay.recordings.keepDays를 줄이세요.',
	},
	'disk-inodes': {
		what: '디스크에 파일을 더 만들 수 없게 되어 갑니다',
		todo: '작은 파일이 쌓인 폴더를 찾아 정리하세요.',
	},
	'disk-slow': { what: '디스크가 느립니다', todo: '디스크를 교체할 때가 되었는지(smartctl) 확인하세요.' },
	'disk-read-only': {
		what: '디스크에 쓸 수 없습니다',
		todo: '파일 시스템이 읽기 전용으로 바뀌었는지, 데이터 폴더의 권한을 확인하세요.',
	},
	'disk-failed': { what: '디스크가 오류를 냅니다', todo: '서비스를 멈추고 디스크를 점검(fsck, smartctl)하세요.' },
	'certificate-expired': {
		what: '인증서가 만료되었습니다',
		todo: '서비스를 다시 시작하면 새로 만들어집니다. 직접 넣은 인증서라면 새것으로 바꾸세요.',
	},
	'certificate-expiring': {
		what: '인증서가 곧 만료됩니다',
		todo: '서비스를 다시 시작하면 새로 만들어집니다. 직접 넣은 인증서라면 새것으로 바꾸세요.',
	},
	'certificate-early': { what: '인증서의 시작 날짜가 아직 오지 않았습니다', todo: '이 PC의 시계를 확인하세요.' },
	'certificate-name': {
		what: '인증서에 링크가 쓰는 이름이 없습니다',
		todo: 'publicUrl을 확인하고 서비스를 다시 시작하세요.',
	},
	'certificate-unreadable': {
		what: '인증서를 읽을 수 없습니다',
		todo: 'maru restore로 백업에서 되돌리거나 인증서를 다시 넣으세요.',
	},
	'clock-unsynchronised': {
		what: '시계가 시간 서버와 맞춰지지 않습니다',
		todo: 'systemd-timesyncd나 chrony에 시의 시간 서버를 설정하세요.',
	},
	'clock-back': { what: '시계가 과거로 돌아갔습니다', todo: '시간 서버와 메인보드 전지를 확인하세요.' },
	'clock-unknown': { what: '이 PC는 시계가 맞춰졌는지 알려 주지 않습니다', todo: '시계를 눈으로 확인하세요.' },
	'phone-gone': { what: '스피커폰이 응답하지 않습니다', todo: 'USB 케이블을 확인하고 다시 꽂으세요.' },
	'phone-permission': { what: '스피커폰을 열 권한이 없습니다', todo: '‘maru udev-rules’의 규칙을 넣고 다시 꽂으세요.' },
	'phone-unusable': {
		what: '스피커폰의 키와 불빛을 쓸 수 없습니다',
		todo: '펌웨어를 올리거나 다른 기종을 쓰세요.',
	},
	'phone-lamp': {
		what: '스피커폰의 통화 불빛이 켜지지 않습니다',
		todo: '스피커폰을 뽑았다 다시 꽂고, 되풀이되면 펌웨어를 올리세요.',
	},
	'phone-stays': {
		what: '스피커폰의 통화 불빛이 꺼지지 않습니다',
		todo: '스피커폰을 뽑았다 다시 꽂으세요.',
	},
	'phone-none': { what: '이 회의실에는 스피커폰이 없습니다', todo: '할 일이 없습니다.' },
	'phone-lampless': { what: '이 스피커폰에는 통화 불빛이 없습니다', todo: '할 일이 없습니다.' },
	'backup-none': { what: '백업이 하나도 없습니다', todo: 'maru backup을 타이머로 돌리세요(README ‘Install it’).' },
	'backup-old': {
		what: '마지막 백업이 오래되었습니다',
		todo: '백업 타이머가 도는지(systemctl list-timers) 확인하세요.',
	},
	'backup-gone': {
		what: '마지막 백업이 제자리에 없습니다',
		todo: '백업이 있는 디스크나 공유 폴더가 연결되어 있는지 확인하세요.',
	},
	// The rehearsal itself.
	'step-before': { what: '앞의 점검이 실패해 해 보지 못했습니다', todo: '앞의 것을 고친 뒤 다시 점검하세요.' },
	'step-ended': { what: '점검이 도중에 끝났습니다', todo: '다시 점검하면 됩니다.' },
	'step-bug': { what: '점검 프로그램에 문제가 생겼습니다', todo: '로그 묶음을 보내 주세요.' },
} as const satisfies Record<string, Fault>

export type RehearsalFault = keyof typeof ko

const en: Faults = {
	'camera-silent': { what: 'The camera does not answer', todo: 'Check its power and its control cable or network.' },
	'camera-login': {
		what: 'The camera takes neither this user nor this password',
		todo: 'Enter its login again on the facilities screen.',
	},
	'camera-untrusted': {
		what: 'The camera shows another certificate than before',
		todo: 'If it was replaced, set it up anew on the facilities screen; if not, look into the network.',
	},
	'camera-refuses': {
		what: 'The camera refuses what it is told',
		todo: 'See whether it is in standby, or whether another controller holds it.',
	},
	'camera-unclear': {
		what: 'What the camera answers makes no sense',
		todo: 'On the facilities screen compare driver, baud rate and address with its manual.',
	},
	'camera-still': {
		what: 'It takes orders and does not move',
		todo: 'Switch it off and on, and see whether something blocks its head.',
	},
	'camera-reversed': {
		what: 'It moves the other way',
		todo: 'Check the flip in its own menu, and whether it is set up as hanging from the ceiling.',
	},
	'camera-runs-on': {
		what: 'It goes on when told to stop',
		todo: 'Switch it off and on; if this stays, have it repaired.',
	},
	'camera-astray': {
		what: 'It did not return to where it had stood',
		todo: 'Aim it again; if this comes back, have its head looked at.',
	},
	'camera-blind': {
		what: 'It does not tell where it looks, so nothing is proved',
		todo: 'Look at its picture yourself.',
	},
	'camera-fixed': { what: 'This camera does not move', todo: 'Nothing needs to be done.' },
	'camera-taken': { what: 'Somebody drove this camera meanwhile', todo: 'Rehearse once more.' },
	'preset-missed': {
		what: 'It did not get to the saved view',
		todo: 'Save this view again on the camera screen; if this comes back, have the camera looked at.',
	},
	'preset-late': {
		what: 'It did not reach the saved view in time',
		todo: 'See whether its head is stiff or its speed set low.',
	},
	'preset-unit': {
		what: 'The saved view is of another kind of camera',
		todo: 'Save this view again with this camera, on the camera screen.',
	},
	'microphone-missing': {
		what: 'No microphone was found',
		todo: 'Check its cable, and audio.input in the configuration.',
	},
	'microphone-silent': {
		what: 'Nothing at all comes from the microphone',
		todo: 'Check the mute on the microphone itself and the input of the mixer.',
	},
	'tone-unheard': {
		what: 'The microphone does not hear the tone from the speakers',
		todo: 'Check power, volume and cable of the speakers, and audio.output in the configuration.',
	},
	'too-noisy': {
		what: 'The room is too loud to tell the tone from it',
		todo: 'Switch off what makes the noise, or rehearse at another hour.',
	},
	'volume-zero': { what: 'The volume is at 0', todo: 'Turn it up on the panel.' },
	'speaker-missing': {
		what: 'There is nothing to play sound with',
		todo: 'Connect the speakers: they are found by themselves.',
	},
	'speaker-elsewhere': {
		what: 'The chosen speakers are missing: another device played the tone',
		todo: 'Check the speakers’ cable, and audio.output in the configuration.',
	},
	'sound-cancelled': {
		what: 'The speakerphone cancels its own sound, so the tone is not proved. Its microphone is alive',
		todo: 'Listen yourself with “Play a test tone” on the panel.',
	},
	'sound-none': { what: 'This room is set up to send no sound', todo: 'Nothing needs to be done.' },
	'sound-virtual': { what: 'A virtual microphone hears no tone', todo: 'Nothing needs to be done.' },
	'stage-away': {
		what: 'The room’s own page does not run',
		todo: 'Look at chromium with ‘maru doctor’, and restart the service.',
	},
	'call-hub': {
		what: 'The room does not reach its hub',
		todo: 'Restart the service; if this stays, send the logs bundle.',
	},
	'call-refused': {
		what: 'The hub does not let the room in',
		todo: 'Restart the service; if this stays, send the logs bundle.',
	},
	'call-ice': {
		what: 'The room is in, and its media do not connect',
		todo: 'See whether something blocks the media ports (UDP 44300 and up), and look at listen.media.',
	},
	'call-media': {
		what: 'The room is in, and its sound or pictures do not arrive',
		todo: 'See whether the microphone and the cameras’ pictures are there.',
	},
	'sound-unreceived': {
		what: 'The microphone’s sound does not arrive at the hub',
		todo: 'Check its cable, and audio.input in the configuration.',
	},
	'picture-missing': {
		what: 'The camera’s picture does not get into a meeting',
		todo: 'On the facilities screen check the address of its picture (RTSP) or its capture device.',
	},
	'picture-frozen': {
		what: 'The camera’s picture stands still',
		todo: 'Switch the camera off and on, and check its network.',
	},
	'relay-refused': { what: 'The relay cannot be started', todo: 'Look at chromium and ffmpeg with ‘maru doctor’.' },
	'relay-empty': {
		what: 'The relay was started and no segment came',
		todo: 'Look at ffmpeg with ‘maru doctor’, and see whether this PC is overloaded.',
	},
	'relay-stays': { what: 'The relay does not stop', todo: 'Restart the service.' },
	'recording-refused': { what: 'A recording cannot be started', todo: 'Look at the disk that holds the data folder.' },
	'recording-empty': { what: 'The recording holds nothing', todo: 'Look at ffmpeg with ‘maru doctor’.' },
	'recording-stopped': {
		what: 'The recording broke off by itself',
		todo: 'See how much room the disk has, and remove old recordings.',
	},
	'disk-full': { what: 'The disk is full', todo: 'Remove old recordings and documents, or put in a larger disk.' },
	'disk-low': {
		what: 'Little room is left on the disk',
		todo: 'Remove old recordings, or lower relay.recordings.keepDays.',
	},
	'disk-inodes': {
		what: 'The disk can hold few more files',
		todo: 'Find the folder with many small files and clear it.',
	},
	'disk-slow': { what: 'The disk is slow', todo: 'See whether it is to be replaced (smartctl).' },
	'disk-read-only': {
		what: 'The disk cannot be written',
		todo: 'See whether the file system has become read-only, and who owns the data folder.',
	},
	'disk-failed': {
		what: 'The disk answers with errors',
		todo: 'Stop the service and examine the disk (fsck, smartctl).',
	},
	'certificate-expired': {
		what: 'The certificate has expired',
		todo: 'Restart the service and it makes a new one; replace it if you gave your own.',
	},
	'certificate-expiring': {
		what: 'The certificate is about to expire',
		todo: 'Restart the service and it makes a new one; replace it if you gave your own.',
	},
	'certificate-early': { what: 'The certificate is not valid yet', todo: 'Check the clock of this PC.' },
	'certificate-name': {
		what: 'The certificate has not the name that links use',
		todo: 'Check publicUrl, and restart the service.',
	},
	'certificate-unreadable': {
		what: 'The certificate cannot be read',
		todo: 'Bring it back from a backup with ‘maru restore’, or give it anew.',
	},
	'clock-unsynchronised': {
		what: 'The clock is not set by a time server',
		todo: 'Name the city’s time server to systemd-timesyncd or chrony.',
	},
	'clock-back': { what: 'The clock has gone back', todo: 'Check the time server, and the battery of the mainboard.' },
	'clock-unknown': { what: 'This PC does not tell whether its clock is set', todo: 'Look at the clock yourself.' },
	'phone-gone': { what: 'The speakerphone does not answer', todo: 'Check its USB cable and plug it in again.' },
	'phone-permission': {
		what: 'There is no permission to open the speakerphone',
		todo: 'Install the rules of ‘maru udev-rules’ and plug it in again.',
	},
	'phone-unusable': {
		what: 'The keys and lights of the speakerphone cannot be used',
		todo: 'Update its firmware or use another model.',
	},
	'phone-lamp': {
		what: 'The call light of the speakerphone does not come on',
		todo: 'Unplug it and plug it in again; if this comes back, update its firmware.',
	},
	'phone-stays': {
		what: 'The call light of the speakerphone does not go out',
		todo: 'Unplug it and plug it in again.',
	},
	'phone-none': { what: 'This room has no speakerphone', todo: 'Nothing needs to be done.' },
	'phone-lampless': { what: 'This speakerphone has no call light', todo: 'Nothing needs to be done.' },
	'backup-none': { what: 'There is no backup at all', todo: 'Run ‘maru backup’ by a timer (README, “Install it”).' },
	'backup-old': { what: 'The last backup is old', todo: 'See whether its timer runs (systemctl list-timers).' },
	'backup-gone': {
		what: 'The last backup is not where it was',
		todo: 'See whether the disk or share that holds them is mounted.',
	},
	'step-before': { what: 'Not tried, because one before it failed', todo: 'Mend that one and rehearse again.' },
	'step-ended': { what: 'The rehearsal was ended before', todo: 'Rehearse once more.' },
	'step-bug': { what: 'The rehearsal itself failed here', todo: 'Send the logs bundle.' },
}

export const rehearsalFaults: { ko: Faults; en: Faults } = { ko, en }

const koWords = {
	camera: '연결',
	motion: '움직임',
	return: '제자리로',
	tone: '스피커와 마이크',
	call: '회의 들어가기',
	picture: '영상',
	relay: '중계',
	recording: '녹화',
	disk: '디스크',
	certificate: '인증서',
	clock: '시계',
	speakerphone: '스피커폰',
	backup: '백업',
	'in-call': '회의실이 회의 중이었습니다',
	'meeting-on': '열려 있는 회의가 있었습니다',
	'meeting-soon': '곧 시작할 회의가 있었습니다',
	ringing: '전화가 와 있었습니다',
	running: '이미 점검 중이었습니다',
	passed: '이상 없음',
	failed: '이상 있음',
	ended: '도중에 끝남',
	'not-begun': '하지 않음',
}

const enWords: typeof koWords = {
	camera: 'connection',
	motion: 'movement',
	return: 'back in place',
	tone: 'Speakers and microphone',
	call: 'Joining a meeting',
	picture: 'picture',
	relay: 'Relay',
	recording: 'Recording',
	disk: 'Disk',
	certificate: 'Certificate',
	clock: 'Clock',
	speakerphone: 'Speakerphone',
	backup: 'Backup',
	'in-call': 'The room was in a meeting',
	'meeting-on': 'A meeting was open',
	'meeting-soon': 'A meeting was about to begin',
	ringing: 'Somebody was calling',
	running: 'It was running already',
	passed: 'All well',
	failed: 'Needs attention',
	ended: 'Ended early',
	'not-begun': 'Not begun',
}

export const rehearsalWords = { ko: koWords, en: enWords }

/** What a step is called: its camera and view, or what it tries. */
export function stepName(
	{ kind, camera, preset }: { kind: string; camera?: { name: string }; preset?: { name: string } },
	language: 'ko' | 'en',
): string {
	const words: Record<string, string> = rehearsalWords[language]
	const what = preset ? `${language === 'ko' ? '위치' : 'view'} ${preset.name}` : (words[kind] ?? kind)
	return camera ? `${camera.name} · ${what}` : what
}
