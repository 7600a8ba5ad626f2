import type { MeetingRules } from '../../appliance/protocol/rules.ts'
import type { Language } from './i18n.svelte.ts'

/** Words around a camera of the room that is moved from home. Korean is the original. */
export interface FarCameraTexts {
	move: (camera: string) => string
	moveShort: string
	ask: (camera: string) => string
	askShort: string
	waiting: string
	/** To the one who asked. */
	asked: string
	let: string
	notNow: string
	taken: string
	pad: (camera: string) => string
	hint: string
	up: string
	down: string
	left: string
	right: string
	zoomIn: string
	zoomOut: string
	close: string
	/** Where another code's sentence would not fit. */
	gone: string
	refused: string
	/** To those who preside. */
	wants: (name: string, camera: string) => string
	more: (count: number) => string
	allow: string
	later: string
	allowed: (name: string) => string
	rules: string
	rule: Record<MeetingRules['cameras'], string>
	drivers: string
	takeBack: string
	takeBackFrom: (name: string) => string
}

export const farCameraTexts: Record<Language, FarCameraTexts> = {
	ko: {
		move: (camera) => `${camera} 카메라 조종`,
		moveShort: '카메라 조종',
		ask: (camera) => `${camera} 카메라 조종 요청`,
		askShort: '카메라 조종 요청',
		waiting: '요청함 · 답을 기다리는 중',
		asked: '진행자에게 카메라 조종을 요청했습니다',
		let: '이제 회의실 카메라를 조종할 수 있습니다',
		notNow: '진행자가 지금은 카메라 조종을 허용하지 않았습니다',
		taken: '진행자가 카메라 조종 허용을 거두었습니다',
		pad: (camera) => `${camera} 카메라 방향과 확대`,
		hint: '누르고 있는 동안 움직입니다',
		up: '위로',
		down: '아래로',
		left: '왼쪽으로',
		right: '오른쪽으로',
		zoomIn: '확대',
		zoomOut: '축소',
		close: '카메라 조종 닫기',
		gone: '지금은 이 카메라를 움직일 수 없습니다',
		refused: '카메라를 조종할 권한이 없습니다',
		wants: (name, camera) => `${name} 님이 ${camera} 카메라를 조종하려 합니다`,
		more: (count) => `외 ${count}명`,
		allow: '허용',
		later: '나중에',
		allowed: (name) => `${name} 님에게 카메라 조종을 허용했습니다`,
		rules: '카메라 조종',
		rule: { nobody: '진행자만', ask: '요청하면 허용', everyone: '모든 위원' },
		drivers: '카메라 조종 허용됨',
		takeBack: '거두기',
		takeBackFrom: (name) => `${name} 님의 카메라 조종 허용 거두기`,
	},
	en: {
		move: (camera) => `Move the camera ${camera}`,
		moveShort: 'Move camera',
		ask: (camera) => `Ask to move the camera ${camera}`,
		askShort: 'Ask to move camera',
		waiting: 'Asked · waiting for an answer',
		asked: 'Those who run the meeting were asked',
		let: 'You may move the cameras of the room now',
		notNow: 'Those who run the meeting do not let you move the camera now',
		taken: 'You may no longer move the cameras',
		pad: (camera) => `Direction and zoom of the camera ${camera}`,
		hint: 'Moves for as long as you press',
		up: 'Up',
		down: 'Down',
		left: 'Left',
		right: 'Right',
		zoomIn: 'Zoom in',
		zoomOut: 'Zoom out',
		close: 'Put the camera down',
		gone: 'This camera cannot be moved now',
		refused: 'You may not move this camera',
		wants: (name, camera) => `${name} wants to move the camera ${camera}`,
		more: (count) => `and ${count} more`,
		allow: 'Allow',
		later: 'Not now',
		allowed: (name) => `${name} may move the cameras now`,
		rules: 'Camera control',
		rule: { nobody: 'Hosts only', ask: 'On request', everyone: 'All members' },
		drivers: 'May move cameras',
		takeBack: 'Take back',
		takeBackFrom: (name) => `No longer let ${name} move cameras`,
	},
}
