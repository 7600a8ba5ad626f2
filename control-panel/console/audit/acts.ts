import type { ko } from './i18n-audit-ko.ts'

/** What an entry says, in words of people: the first that fits its command or request. The rest is shown as it is. */

type ActKey = keyof (typeof ko)['acts']

const api = '\\w+ /api/v1'
const acts: readonly (readonly [ActKey, string])[] = [
	['removePreset', `preset\\.remove|DELETE /api/v1/cameras/[^/]+/presets/`],
	['recallPreset', `preset\\.recall|POST /api/v1/cameras/[^/]+/presets/[^/]+/recall`],
	['savePreset', `preset\\.save|PUT /api/v1/cameras/[^/]+/presets/`],
	['undoPreset', 'preset\\.undo'],
	['presetFile', 'GET /api/v1/cameras/[^/]+/presets'],
	['importPresets', 'PUT /api/v1/cameras/[^/]+/presets'],
	['moveCamera', `camera\\.move|feed\\.move|${api}/cameras/[^/]+/move`],
	['homeCamera', `camera\\.home|${api}/cameras/[^/]+/home`],
	['focusCamera', 'camera\\.focus'],
	['leaseCamera', 'camera\\.lease'],
	['testCamera', `${api}/cameras/[^/]+/test`],
	['letDrive', 'feed\\.let'],
	['grantFloor', `floor\\.(grant|next)|${api}/meetings/[^/]+/floor/grant`],
	['floor', `${api}/meetings/[^/]+/floor/`],
	['askToOpen', 'person\\.ask'],
	['muteOther', 'person\\.mute'],
	['stopCamera', 'person\\.stopCamera'],
	['changeRole', 'person\\.role'],
	['renamePerson', 'person\\.rename'],
	['removePerson', 'person\\.remove'],
	['muteRoom', `room\\.mute|${api}/room/mute`],
	['seatMic', `${api}/seats/[^/]+/mic`],
	['linksMade', `roll\\.links|${api}/meetings/[^/]+/(roll/)?links|${api}/counsel/visits/[^/]+/seats`],
	['roll', `roll\\.|${api}/meetings/[^/]+/roll`],
	['erasePerson', 'DELETE /api/v1/meetings/[^/]+/people/'],
	['signInRefused', 'sign-in\\.(refused|delayed)'],
	['signIn', 'sign-in'],
	['signOut', 'sign-out|DELETE /api/v1/session'],
	['passwordChanged', 'password\\.changed'],
	['account', `account\\.|${api}/accounts`],
	['tokenRefused', 'token\\.refused'],
	['tokenRevoked', `${api}/tokens/revoke`],
	['tokenMade', `token\\.create|${api}/tokens`],
	['paired', `panel\\.paired|${api}/panels/`],
	['wrongPin', 'settings\\.wrong-pin'],
	['minutes', 'GET /api/v1/meetings/[^/]+/minutes\\.'],
	['attendance', 'GET /api/v1/meetings/[^/]+/(class|attendance\\.csv|class/attendance\\.csv)$'],
	['certificate', 'GET /api/v1/meetings/[^/]+/class/certificates/'],
	['journal', 'GET /api/v1/meetings/[^/]+/journal'],
	['recording', 'GET /api/v1/meetings/[^/]+/recordings/'],
	['viewers', 'GET /api/v1/meetings/[^/]+/relay/viewers'],
	['captions', 'GET /api/v1/meetings/[^/]+/captions'],
	['backup', 'backup'],
	['restore', 'restore'],
	['removeCamera', 'DELETE /api/v1/facilities/cameras/'],
	['setUpCamera', 'PUT /api/v1/facilities/cameras/'],
	['aimSeat', 'PUT /api/v1/seats/'],
	['configuration', 'configuration'],
	['program', 'program'],
	['update', 'update|rollback'],
	['checkAudit', 'GET /api/v1/audit/chain'],
	['auditFile', 'GET /api/v1/audit\\.csv'],
	['readAudit', 'GET /api/v1/audit'],
	['startMeeting', `room\\.(start|join)|${api}/room/join`],
	['leaveMeeting', `room\\.(leave|end)|${api}/room/leave`],
	['makeMeeting', `meetings\\.create|${api}/meetings( |$)`],
	[
		'stepMeeting',
		`meetings\\.close|meeting\\.(open|suspend|resume|close)|${api}/meetings/[^/]+/(open|suspend|resume|close)`,
	],
	['relay', `${api}/meetings/[^/]+/relay/`],
	['record', `${api}/meetings/[^/]+/recording/`],
	['removeRecording', 'DELETE /api/v1/meetings/[^/]+/recordings/'],
	['vote', `${api}/meetings/[^/]+/votes`],
]
const known = acts.map(([key, words]) => [key, new RegExp(`^(${words})`)] as const)

/** Null: there are no words for it. */
export function actOf(action: string): ActKey | null {
	return known.find(([, words]) => words.test(action))?.[0] ?? null
}
