import { describe, expect, it } from 'vitest'
import { certificatePage, type Issuing } from '../../appliance/minutes/certificate.ts'

const certificate = {
	...{ number: 'AAAA-BBBB-CCCC', meeting: 'm1', title: '개인정보 <보호> 교육', heldAt: 0, issuedAt: 3_600_000 },
	...{ person: 'kim', name: '김철수', bureau: '', jobTitle: '', classS: 5_400, presentPercent: 97 },
}
const house = { timeZone: 'Asia/Seoul', house: '의정부시 대회의실', issuing: {} }

describe('A certificate', () => {
	it('says who learned what, for how long, under which number', () => {
		const page = certificatePage({ ...certificate, quizPercent: 80 }, { ...house, language: 'ko' })
		for (const text of ['제 AAAA-BBBB-CCCC 호', '김철수', '개인정보 &lt;보호&gt; 교육', '1시간 30분', '97%', '80%']) {
			expect(page).toContain(text)
		}
		expect(page).toContain('1970년 1월 1일')
		expect(page).not.toContain('소속')
	})

	it('is given by the room, or by whom the house names, in each language, with who signs it', () => {
		const by = (language: 'ko' | 'en', issuing: Issuing = {}) =>
			certificatePage({ ...certificate, quizPercent: null }, { ...house, language, issuing })
		expect(by('ko')).toContain('<p class="house">의정부시 대회의실</p>')
		expect(by('ko')).not.toContain('class="signer"')
		const issuing = { issuer: '의정부시', signer: '의정부시장 김동근', issuerEn: 'City of <Uijeongbu>' }
		expect(by('ko', issuing)).toContain('<p class="house">의정부시</p>\n<p class="signer">의정부시장 김동근</p>')
		expect(by('ko', issuing)).not.toContain('대회의실')
		expect(by('en', issuing)).toContain('City of &lt;Uijeongbu&gt;</p>\n<p class="signer">의정부시장 김동근</p>')
	})

	it('says nothing of quizzes where there was none', () => {
		const page = certificatePage({ ...certificate, quizPercent: null }, { ...house, language: 'en' })
		expect(page).toContain('1 h 30 min')
		expect(page).not.toContain('Quizzes')
	})
})
