import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recoverFiles } from '../../../appliance/ops/update/program.ts'
import { ending, faultCodes, faultWords, languageOf } from '../../../appliance/ops/update/words.ts'

const folder = join(import.meta.dirname, '../../../appliance/ops/update')

describe('What an update says', () => {
	it('is in Korean and in English for every way in which it may fail', () => {
		const given = readFileSync(join(folder, 'judge.ts'), 'utf8').match(/refuse\('[\w-]+'/g) ?? []
		const thrown = ['gate', 'steps', 'machine', 'programs', 'command', 'installed', 'state'].flatMap((name) => {
			return readFileSync(join(folder, `${name}.ts`), 'utf8').match(/(StepFault\(|code: )'[\w-]+'/g) ?? []
		})
		const codes = [...new Set([...given, ...thrown].map((text) => /'([\w-]+)'/.exec(text)?.[1] ?? ''))]
		expect(codes.length).toBeGreaterThan(20)
		for (const code of codes) {
			expect(faultCodes, code).toContain(code)
			expect(faultWords({ code, detail: 'x' }, 'ko')).toMatch(code === 'failed' ? /x/ : /[가-힣]/)
			expect(faultWords({ code, detail: 'x' }, 'en')).not.toMatch(/[가-힣]|\{/)
		}
	})

	it('ends with what became of it and why', () => {
		const why = { code: 'dpkg', detail: 'disk full' }
		const at = { from: '1.0', to: '2.0', why, unwell: null }
		expect(ending({ ...at, step: 'new' }, 'ko')).toBe('업데이트했습니다: 1.0 → 2.0')
		expect(ending({ ...at, step: 'old' }, 'en')).toMatch(/previous version \(1.0\) is back: .*disk full/)
		expect(ending({ ...at, step: 'old', unwell: { code: 'no-answer', detail: '' } }, 'ko')).toMatch(
			/정상이 아닙니다\(서비스가 응답하지/,
		)
		expect(ending({ ...at, step: 'stuck', unwell: why }, 'en')).toMatch(/next boot/)
		expect(ending({ ...at, step: 'refused' }, 'ko')).toMatch(/바뀐 것은 없습니다/)
	})

	it('is in the language of the terminal, or else of the room', () => {
		expect(languageOf({ LANG: 'en_US.UTF-8' }, 'ko')).toBe('en')
		expect(languageOf({ LANG: 'en_US.UTF-8', LC_ALL: 'ko_KR.UTF-8' }, 'en')).toBe('ko')
		expect(languageOf({ LANG: 'C.UTF-8' }, 'ko')).toBe('ko')
		expect(languageOf({}, 'en')).toBe('en')
	})
})

describe('What puts a cut-off update in order', () => {
	it('is copied whole: it imports nothing that does not come along', () => {
		const all = new Set<string>()
		const visit = (name: string) => {
			if (all.has(name)) return
			all.add(name)
			const imports = readFileSync(join(folder, name), 'utf8').matchAll(
				/^(?:import|export) (?!type\b)[^;]*? from '([^']+)'/gm,
			)
			for (const [, from = ''] of imports) {
				if (from.startsWith('node:')) continue
				expect(from, `${name} imports ${from}`).toMatch(/^\.\/[\w-]+\.ts$/)
				visit(from.slice(2))
			}
		}
		visit('recover.ts')
		expect([...recoverFiles].sort()).toEqual([...all].sort())
	})
})
