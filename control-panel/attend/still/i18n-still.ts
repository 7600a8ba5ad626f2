import type { Language } from '../../lib/i18n.svelte.ts'
import type { Words } from '../../lib/words.ts'

/** Words of a still of the visitor's camera. Korean is the original. */

const ko = {
	label: '민원인 화면 사진',
	take: '사진 찍기',
	takeOf: (name: string) => `사진 찍기: ${name}`,
	taking: '찍는 중… 그대로 들고 있게 하세요',
	hint: '종이를 카메라에 보여 주면 찍어서 읽을 수 있습니다. 찍으면 상대에게 알립니다.',
	none: '카메라를 켠 사람이 없습니다',
	failed: '사진을 찍지 못했습니다. 다시 눌러 주세요.',
	title: (name: string, time: string) => `${name} · ${time}`,
	alt: (name: string) => `${name}의 카메라 사진`,
	left: '왼쪽으로 돌리기',
	right: '오른쪽으로 돌리기',
	closer: '크게',
	farther: '작게',
	percent: (percent: number) => `${percent}%`,
	again: '다시 찍기',
	drop: '지우기',
	blur: '배경 흐리게',
	blurFailed: '이 카메라의 배경 흐리게를 바꾸지 못했습니다.',
	kept: '이 화면에만 있고 저장되지 않습니다. 상담이 끝나면 사라집니다.',
}

export type StillTexts = Words<typeof ko>

const en: StillTexts = {
	label: 'Still of the visitor’s camera',
	take: 'Take a still',
	takeOf: (name) => `Take a still: ${name}`,
	taking: 'Taking it… the paper should be held still',
	hint: 'A paper held up to the camera can be kept still and read. They are told that it is taken.',
	none: 'Nobody’s camera is on',
	failed: 'It could not be taken. Press again.',
	title: (name, time) => `${name} · ${time}`,
	alt: (name) => `Still of ${name}’s camera`,
	left: 'Turn left',
	right: 'Turn right',
	closer: 'Larger',
	farther: 'Smaller',
	percent: (percent) => `${percent}%`,
	again: 'Take again',
	drop: 'Erase',
	blur: 'Blur background',
	blurFailed: 'The camera did not change how the background looks.',
	kept: 'It is on this screen alone and is not saved. It is gone when the session ends.',
}

export const stillTexts = (language: Language): StillTexts => (language === 'ko' ? ko : en)
