import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { connect } from 'node:tls'
import type { OwnCertificate } from '../../identity/own-certificate.ts'
import { hostOf } from '../../protocol/host.ts'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { reasonOf } from './reading.ts'

/** What browsers are shown: who made it, for which names, until when; and the authority that PCs have to know. */

interface Certificate {
	subject: string
	issuer: string
	from: number
	to: number
	/** Names and addresses that it covers. */
	names: readonly string[]
	/** Its key lies beside it, and belongs to it. */
	keyed: boolean
	/** SHA-256. */
	fingerprint: string
}

export interface Certificates {
	folder: string
	/** Null: none yet, before the first start. */
	server: Read<Certificate> | null
	authority: Read<Certificate> | null
	/** Of maru.yaml, whose renewal is the city's. */
	own: boolean
	/** Whether the authority signed the server's. */
	signed: boolean
	/** What the running service shows. Null: none runs, or it does not say. */
	shown: string | null
	/** The host that links name. */
	publicHost: string
	/** Where the authority is explained. */
	trustPage: string
	now: number
}

const dayMs = 86_400_000
/** The service makes a new one at a start when less is left (`renewDays`). */
const renewDays = 30
const authorityDays = 90
const restart = 'sudo systemctl restart maru'

export function judgeCertificates(read: Certificates): Finding[] {
	const { server, authority, own } = read
	if (own) return [serverFinding(read)]
	if (!server && !authority) {
		return [
			ok('certificate', { ko: '아직 없습니다. 처음 시작할 때 만듭니다', en: 'none yet: the first start makes it' }),
		]
	}
	return [authorityFinding(read), serverFinding(read)]
}

function authorityFinding({ authority, folder, trustPage, now }: Certificates): Finding {
	const again = {
		ko: `백업의 ca.key와 ca.crt를 ${folder}에 되돌리십시오. 둘 다 지우면 새로 만들지만, 모든 PC에 다시 설치해야 합니다 (${trustPage})`,
		en: `put ca.key and ca.crt back into ${folder} from a backup. Removing both makes new ones, to be installed on every PC again (${trustPage})`,
	}
	if (!authority) return fault('authority', { ko: '없습니다', en: 'there is none' }, again)
	if (isUnread(authority)) return unread('authority', authority, again)
	const until = dateOf(authority.to)
	if (!authority.keyed || authority.to < now) {
		const detail = authority.keyed
			? { ko: `${until}에 만료되었습니다`, en: `expired on ${until}` }
			: { ko: '키가 없거나 인증서의 것이 아닙니다', en: 'its key is missing, or is not of it' }
		return fault('authority', detail, again)
	}
	const detail = {
		ko: `${authority.subject}, ${until}까지, 안내 ${trustPage}`,
		en: `${authority.subject}, until ${until}, explained at ${trustPage}`,
	}
	if (authority.to - now > authorityDays * dayMs) return ok('authority', detail)
	return advice('authority', detail, {
		ko: `만료 전에 모든 PC에 새 기관을 설치할 날을 정하십시오: ${folder}의 ca.key, ca.crt를 지우고 ${restart}`,
		en: `plan a day to install a new one on every PC before that: remove ca.key and ca.crt in ${folder}, then ${restart}`,
	})
}

function serverFinding(read: Certificates): Finding {
	const { server, now, shown, signed, publicHost, folder, own } = read
	const anew = own
		? {
				ko: `${folder}에 유효한 인증서를 두고 maru.yaml의 certificate를 확인한 뒤 ${restart}`,
				en: `put a good one into ${folder}, look at certificate in maru.yaml, then ${restart}`,
			}
		: {
				ko: `sudo rm ${folder}/server.* && ${restart} (새로 만듭니다)`,
				en: `sudo rm ${folder}/server.* && ${restart} (makes a new one)`,
			}
	if (!server) return fault('certificate', { ko: '없습니다', en: 'there is none' }, own ? anew : restart)
	if (isUnread(server)) return unread('certificate', server, anew)
	const until = dateOf(server.to)
	if (!server.keyed) {
		return fault(
			'certificate',
			{ ko: '키가 없거나 인증서의 것이 아닙니다', en: 'its key is missing, or is not of it' },
			anew,
		)
	}
	if (server.from > now) {
		const from = dateOf(server.from)
		const detail = {
			ko: `${from}부터 유효합니다. 시계를 확인하십시오`,
			en: `it holds from ${from}: is the clock right?`,
		}
		return fault('certificate', detail, 'timedatectl')
	}
	if (server.to < now)
		return fault('certificate', { ko: `${until}에 만료되었습니다`, en: `expired on ${until}` }, own ? anew : restart)
	if (!signed) {
		const detail = {
			ko: `이 장비의 인증 기관이 서명하지 않았습니다 (${server.issuer})`,
			en: `not signed by this appliance's authority (${server.issuer})`,
		}
		return fault('certificate', detail, anew)
	}
	if (!covers(server.names, publicHost)) {
		const detail = {
			ko: `${publicHost}이(가) 들어 있지 않습니다 (${server.names.join(', ')})`,
			en: `does not cover ${publicHost} (${server.names.join(', ')})`,
		}
		return fault('certificate', detail, {
			ko: `${restart}, 또는 maru.yaml의 publicUrl`,
			en: `${restart}, or publicUrl in maru.yaml`,
		})
	}
	if (shown !== null && shown !== server.fingerprint) {
		const detail = {
			ko: '서비스가 다른 인증서를 보여 주고 있습니다',
			en: 'the service shows another one than is stored',
		}
		return fault('certificate', detail, restart)
	}
	const detail = {
		ko: `${server.issuer} 발급, ${until}까지, ${publicHost}`,
		en: `by ${server.issuer}, until ${until}, for ${publicHost}`,
	}
	return server.to - now > renewDays * dayMs
		? ok('certificate', detail)
		: advice('certificate', detail, own ? anew : restart)
}

function covers(names: readonly string[], host: string): boolean {
	const wild = isIP(host) === 0 ? `*.${host.split('.').slice(1).join('.')}` : host
	return names.some((name) => name.toLowerCase() === host || name.toLowerCase() === wild)
}

const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** `httpsPort`: where the running service shows its certificate; null: none runs. */
export async function readCertificates(
	folder: string,
	publicUrl: string,
	httpsPort: number | null,
	own: OwnCertificate | null,
): Promise<Certificates> {
	const place = (name: string) => ({ chain: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) })
	const [ofServer, ofAuthority] = [own ?? place('server'), place('ca')]
	const [server, authority] = [open(ofServer), own ? null : open(ofAuthority)]
	const both = server instanceof X509Certificate && authority instanceof X509Certificate
	return {
		folder: own ? dirname(own.chain) : folder,
		server: described(server, ofServer),
		authority: described(authority, ofAuthority),
		own: own !== null,
		signed: own !== null || (both && server.verify(authority.publicKey)),
		shown: httpsPort === null ? null : await shownAt(httpsPort),
		publicHost: hostOf(publicUrl),
		trustPage: `${publicUrl}/trust`,
		now: Date.now(),
	}
}

function open({ chain }: OwnCertificate): X509Certificate | Read<never> | null {
	try {
		return new X509Certificate(readFileSync(chain))
	} catch (error) {
		return reasonOf(error) === 'ENOENT' ? null : { unread: reasonOf(error) }
	}
}

function described(found: X509Certificate | Read<never> | null, { key }: OwnCertificate): Read<Certificate> | null {
	if (!(found instanceof X509Certificate)) return found
	const names = (found.subjectAltName ?? '').split(', ').map((one) => one.replace(/^(DNS|IP Address):/, ''))
	return {
		subject: nameOf(found.subject),
		issuer: nameOf(found.issuer),
		from: Date.parse(found.validFrom),
		to: Date.parse(found.validTo),
		names: names.filter((one) => one !== ''),
		keyed: isKeyed(found, key),
		fingerprint: found.fingerprint256,
	}
}

const nameOf = (distinguished: string) => /^CN=(.*)$/m.exec(distinguished)?.[1] ?? distinguished.replaceAll('\n', ', ')

function isKeyed(certificate: X509Certificate, path: string): boolean {
	try {
		return certificate.checkPrivateKey(createPrivateKey(readFileSync(path)))
	} catch {
		return false
	}
}

async function shownAt(port: number): Promise<string | null> {
	return new Promise((resolve) => {
		// Only looked at: nothing is sent over it.
		const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, timeout: 3_000 }, () => {
			resolve(socket.getPeerCertificate().fingerprint256 ?? null)
			socket.destroy()
		})
		const lost = () => {
			resolve(null)
			socket.destroy()
		}
		socket.on('error', lost).on('timeout', lost)
	})
}
