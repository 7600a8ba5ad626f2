import { globSync, readFileSync } from 'node:fs'
import type { HidTelephonyConfig } from '../../../drivers/hid-telephony/config.ts'
import { findSpeakerphone } from '../../../drivers/hid-telephony/find.ts'
import { udevCommand } from '../../../drivers/hid-telephony/vendors.ts'
import { SpeakerphoneError } from '../../../drivers/speakerphone.ts'
import type { Config } from '../../config-schema.ts'
import { advice, type Finding, fault, ok } from './finding.ts'
import { mayUse, type Standing, standingOf, type Who } from './permission.ts'
import { reasonOf } from './reading.ts'

/** The speakerphone, and the rule by which the system lets Maru speak with it. */

export interface Phone {
	match: HidTelephonyConfig['match']
	found:
		| { name: string; vendorId: number; standing: Standing | null }
		/** As `SpeakerphoneError` says it. */
		| { fault: string; message: string; detail: string | null }
	/** Vendors that an installed rule names, as `0B0E`. Null: there is none. */
	rules: readonly string[] | null
}

export function judgePhone(read: Phone | null, who: Who): Finding[] {
	if (!read) return []
	const { match, found, rules } = read
	const gid = who.gids[0] ?? 0
	if ('fault' in found) return [absent(found, match)]
	const { name, vendorId, standing } = found
	if (!standing || !mayUse(standing, who)) {
		const detail = {
			ko: `${name}: ${who.name}이(가) ${standing?.path ?? '/dev/hidraw'}을(를) 쓸 수 없습니다`,
			en: `${name}: ${who.name} may not use ${standing?.path ?? '/dev/hidraw'}`,
		}
		return [fault('speakerphone', detail, udevCommand(vendorId, gid))]
	}
	const vendor = vendorId.toString(16).toUpperCase().padStart(4, '0')
	const phone = ok('speakerphone', name)
	if (rules?.includes(vendor)) return [phone, ok('speakerphone-rule', vendor)]
	const detail = {
		ko: `${name}의 규칙이 없어, 다시 꽂으면 쓸 수 없거나 그 키가 키보드로도 눌립니다`,
		en: `none for ${name}: it may be shut when it is plugged in again, and its keys act as a keyboard's too`,
	}
	return [phone, advice('speakerphone-rule', detail, udevCommand(vendorId, gid))]
}

function absent(
	{ fault: reason, message, detail }: { fault: string; message: string; detail: string | null },
	match: Phone['match'],
): Finding {
	if (reason === 'none-found') {
		const found = { ko: '꽂혀 있지 않습니다', en: 'none is plugged in' }
		// One that is named has to be there; where any does, a room may do without.
		if (match === 'auto') return ok('speakerphone', found)
		return fault('speakerphone', found, {
			ko: 'USB를 꽂거나(lsusb), maru.yaml의 speakerphone.match',
			en: 'plug it in (lsusb), or mend speakerphone.match in maru.yaml',
		})
	}
	if (reason === 'old-firmware') {
		const found = { ko: `펌웨어가 너무 오래되었습니다: ${message}`, en: message }
		return fault('speakerphone', found, {
			ko: `제조사의 프로그램으로 ${detail ?? ''} 이상으로 올리십시오`,
			en: `update it to ${detail ?? 'a newer one'} by its maker's program`,
		})
	}
	const found = { ko: `통화 제어를 쓸 수 없습니다: ${message}`, en: message }
	return fault('speakerphone', found, {
		ko: '다른 기종을 쓰거나, maru.yaml의 speakerphone: none',
		en: 'use another model, or speakerphone: none in maru.yaml',
	})
}

export async function readPhone({ speakerphone }: Config, who: Who, root = '/'): Promise<Phone | null> {
	if (speakerphone === 'none' || speakerphone.driver !== 'hid-telephony') return null
	const { match } = speakerphone
	return { match, found: await find(match, who, root), rules: rulesIn(root) }
}

async function find(match: Phone['match'], who: Who, root: string): Promise<Phone['found']> {
	try {
		const { path, model } = await findSpeakerphone(match, `${root}sys`)
		return { name: model.name, vendorId: model.vendorId, standing: standingOf(path, who) }
	} catch (error) {
		if (!(error instanceof SpeakerphoneError)) return { fault: 'unread', message: reasonOf(error), detail: null }
		return { fault: error.fault, message: error.message, detail: error.detail ?? null }
	}
}

function rulesIn(root: string): string[] | null {
	const files = globSync('{etc,usr/lib,lib,run}/udev/rules.d/*maru*.rules', { cwd: root })
	if (files.length === 0) return null
	return files.flatMap((file) => {
		const text = readFileSync(`${root}${file}`, 'utf8')
		return [...text.matchAll(/KERNELS=="0003:([0-9A-F]{4}):/gi)].map((found) => String(found[1]).toUpperCase())
	})
}
