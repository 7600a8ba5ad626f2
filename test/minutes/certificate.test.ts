import { describe, expect, it } from 'vitest'
import { certificatePage } from '../../appliance/minutes/certificate.ts'

const certificate = {
	...{ number: 'AAAA-BBBB-CCCC', meeting: 'm1', title: '개인정보 <보호> 교육', heldAt: 0, issuedAt: 3_600_000 },
	...{ person: 'kim', name: '김철수', bureau: '', jobTitle: '', classS: 5_400, presentPercent: 97 },
}
const house = { timeZone: 'Asia/Seoul', house: '의정부시 대회의실' }

describe('A certificate', () => {
	it('says who learned what, for how long, under which number', () => {
		const page = certificatePage({ ...certificate, quizPercent: 80 }, { ...house, language: 'ko' })
		for (const text of ['제 AAAA-BBBB-CCCC 호', '김철수', '개인정보 &lt;보호&gt; 교육', '1시간 30분', '97%', '80%']) {
			expect(page).toContain(text)
		}
		expect(page).toContain('1970년 1월 1일')
		expect(page).not.toContain('소속')
	})

	it('says nothing of quizzes where there was none', () => {
		const page = certificatePage({ ...certificate, quizPercent: null }, { ...house, language: 'en' })
		expect(page).toContain('1 h 30 min')
		expect(page).not.toContain('Quizzes')
	})
})
