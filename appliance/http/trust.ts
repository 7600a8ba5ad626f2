/** The two pages without a script: where one is, and how to make a machine trust this one. Korean first. */

export const pageStyle = `:root{color-scheme:dark light;--bg:#0e141b;--surface:#161e27;--line:#2c3947;--text:#f2f5f8;--soft:#a9b6c4;--accent:#4f9cf9}
@media (prefers-color-scheme:light){:root{--bg:#f4f6f9;--surface:#fff;--line:#d3dae2;--text:#16202b;--soft:#4b5a6a;--accent:#0b5cc0}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:500 17px/1.6 "Pretendard GOV","Noto Sans CJK KR",system-ui,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
main{max-width:760px;margin:0 auto;padding:40px 20px 80px}h1{font-size:28px;margin:0 0 8px}h2{font-size:20px;margin:36px 0 8px}p,li{color:var(--text)}.soft{color:var(--soft)}
a{color:var(--accent)}a.button{display:inline-block;padding:14px 24px;border-radius:12px;background:var(--accent);color:var(--bg);font-weight:700;text-decoration:none;margin:12px 0}
code{display:block;padding:12px 14px;border:1px solid var(--line);border-radius:10px;background:var(--surface);overflow-wrap:anywhere;font-size:15px}
dt{font-weight:700;margin-top:16px}dd{margin:4px 0 0}hr{border:0;border-top:1px solid var(--line);margin:48px 0}`

const page = (title: string, body: string) => `<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><link rel="stylesheet" href="/assets/plain.css"></head>
<body><main>${body}</main></body></html>`

export function homePage(): string {
	return page(
		'Maru',
		`<h1>마루 회의 시스템</h1><p>회의에는 담당자가 보낸 링크로 들어갑니다. 링크가 없으면 회의 담당자에게 요청하세요.</p>
<p><a href="/trust">보안 경고가 보인다면: 이 서버를 신뢰하도록 설정하기</a></p>
<hr><div lang="en"><h1>Maru</h1><p>You enter a meeting by the link that its organiser sent you. Without a link, ask the organiser for one.</p>
<p><a href="/trust">Seeing a security warning? How to trust this server</a></p></div>`,
	)
}

const policyKo = `<h2>전산 담당자에게</h2><p>모든 PC에 한 번에 배포할 수 있는 브라우저 정책입니다. CERTIFICATE이 서버에서만 카메라와 마이크를 묻지 않고 쓰게 합니다.</p>
<p><a class="button" href="/trust/policy.reg" download>Windows (Chrome · Edge)</a> <a class="button" href="/trust/policy.json" download>Linux (Chrome · Chromium)</a></p>
<p class="soft">Windows: 그룹 정책이나 <b>reg import maru.reg</b>로 배포합니다. Linux: <b>/etc/opt/chrome/policies/managed/</b>에 둡니다. 웨일은 웨일스페이스 관리자 페이지에서 같은 이름의 정책을 설정합니다.</p>`
const policyEn = `<h2>For IT staff</h2><p>Browser policies for all PCs at once. CERTIFICATEcamera and microphone are used on this server, and on no other, without being asked for.</p>
<p><a class="button" href="/trust/policy.reg" download>Windows (Chrome, Edge)</a> <a class="button" href="/trust/policy.json" download>Linux (Chrome, Chromium)</a></p>
<p class="soft">Windows: by group policy, or <b>reg import maru.reg</b>. Linux: into <b>/etc/opt/chrome/policies/managed/</b>. Whale takes policies of the same names from its administration page.</p>`

/** `fingerprint`: SHA-256 of the authority's certificate, as operating systems show it. Null: there is none to be installed. */
export function trustPage(fingerprint: string | null): string {
	const [ko, en] = fingerprint
		? [
				policyKo.replace('CERTIFICATE', '위 인증서를 이 서버와 내부망에 한해 신뢰하고, '),
				policyEn.replace(
					'CERTIFICATE',
					'The certificate above is trusted for this server and private networks alone; ',
				),
			]
		: [policyKo.replace('CERTIFICATE', ''), policyEn.replace('CERTIFICATE', '').replace('camera', 'Camera')]
	if (fingerprint === null) {
		return page(
			'Maru · 인증서',
			`<h1>이 서버의 인증서</h1><p>브라우저가 이미 신뢰하는 인증서를 쓰므로 PC에 설치할 것이 없습니다. 경고가 보이면 주소가 맞는지 확인하고 전산 담당자에게 알려 주세요.</p>${ko}
<hr><div lang="en"><h1>This server’s certificate</h1><p>Browsers already trust it: there is nothing to install. If you see a warning, check the address, and tell your IT staff.</p>${en}</div>`,
		)
	}
	const steps = [
		[
			'Windows',
			'내려받은 파일을 두 번 누르고 「인증서 설치 → 로컬 컴퓨터 → 신뢰할 수 있는 루트 인증 기관」을 고릅니다.',
			'Open the file, choose “Install Certificate → Local Machine → Trusted Root Certification Authorities”.',
		],
		[
			'macOS',
			'파일을 열어 「키체인 접근」의 「시스템」에 넣고, 인증서의 「신뢰」를 「항상 신뢰」로 바꿉니다.',
			'Open the file, add it to the System keychain, then set its Trust to “Always Trust”.',
		],
		[
			'Android',
			'「설정 → 보안 → 암호화 및 자격 증명 → 인증서 설치 → CA 인증서」에서 파일을 고릅니다.',
			'Settings → Security → Encryption & credentials → Install a certificate → CA certificate.',
		],
		[
			'iOS · iPadOS',
			'파일을 열어 프로파일을 설치한 뒤 「설정 → 일반 → 정보 → 인증서 신뢰 설정」에서 켭니다.',
			'Open the file and install the profile, then switch it on in Settings → General → About → Certificate Trust Settings.',
		],
		[
			'Linux',
			'<code>sudo cp maru-ca.crt /usr/local/share/ca-certificates/ &amp;&amp; sudo update-ca-certificates</code>',
			'The same command; Chromium also wants it in its own settings under Certificates → Authorities.',
		],
		[
			'Firefox',
			'「설정 → 개인 정보 및 보안 → 인증서 보기 → 인증 기관 → 가져오기」',
			'Settings → Privacy &amp; Security → View Certificates → Authorities → Import.',
		],
	] as const
	const list = (which: 1 | 2) =>
		`<dl>${steps.map((step) => `<dt>${step[0]}</dt><dd>${step[which]}</dd>`).join('')}</dl>`
	return page(
		'Maru · 인증서',
		`<h1>이 서버를 신뢰하도록 설정하기</h1><p>카메라와 마이크는 신뢰할 수 있는 연결에서만 쓸 수 있습니다. 아래 인증서를 한 번만 설치하면 됩니다.</p>
<a class="button" href="/trust/ca.crt" download>인증서 내려받기</a>
<p class="soft">설치하기 전에 지문(SHA-256)이 전산 담당자가 알려 준 것과 같은지 확인하세요.</p><code>${fingerprint}</code><h2>설치 방법</h2>${list(1)}${ko}
<hr><div lang="en"><h1>Trusting this server</h1><p>Browsers give camera and microphone to trusted connections only. Install this certificate once.</p>
<a class="button" href="/trust/ca.crt" download>Download the certificate</a>
<p class="soft">Before installing, compare this fingerprint (SHA-256) with the one that your IT staff gave you.</p><code>${fingerprint}</code><h2>How to install it</h2>${list(2)}${en}</div>`,
	)
}
