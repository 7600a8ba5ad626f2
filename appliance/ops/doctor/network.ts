import { isIP } from 'node:net'
import { localAddresses, publicOrigin } from '../../config-ports.ts'
import type { Config } from '../../config-schema.ts'
import { hostOf } from '../../protocol/host.ts'
import { advice, type Check, type Finding, fault, isUnread, ok, type Read } from './finding.ts'
import { type Port, probePorts, resolves, tcpFault } from './reach.ts'

/** Listeners, the address that links name, and servers of others that the configuration relies on. */

export interface Network {
	/** IPv4, loopback left out. */
	addresses: readonly string[]
	/** Null: a Maru runs and holds them. */
	ports: readonly Port[] | null
	publicUrl: string
	/** Of the host of publicUrl. */
	resolved: Read<readonly string[]>
	/** Given as `listen.media.announce`, 'auto' left out. */
	announced: readonly string[]
	/** A proxy stands before us, and the address is its own. */
	proxied: boolean
	/** Servers of others: the key in maru.yaml, the address, why it does not answer. */
	others: readonly { check: 'turn' | 'sms'; key: string; at: string; fault: string | null }[]
}

export function judgeNetwork(read: Network): Finding[] {
	return [
		read.addresses.length === 0
			? fault(
					'network',
					{ ko: '네트워크 주소가 없습니다', en: 'this machine has no address' },
					{ ko: '랜선을 확인하십시오: ip addr, sudo dhclient', en: 'is the cable plugged in? ip addr, sudo dhclient' },
				)
			: ok('network', read.addresses.join(', ')),
		...portFindings(read.ports),
		addressFinding(read),
		...announceFinding(read),
		...read.others.map(({ check, key, at, fault: reason }) => otherFinding(check, key, at, reason)),
	]
}

function portFindings(ports: Network['ports']): Finding[] {
	if (!ports) return [ok('ports', { ko: '실행 중인 서비스가 쓰고 있습니다', en: 'held by the service that runs' })]
	const taken = ports.filter(({ fault: reason }) => reason !== null)
	if (taken.length === 0) {
		const all = ports.map(({ port }) => port || '*').join(', ')
		return [ok('ports', { ko: `${all} 비어 있음`, en: `${all} are free` })]
	}
	return taken.map(({ name, host, port, fault: reason }) => {
		const detail = {
			ko: `${host}:${port}을(를) 열 수 없습니다 (${reason})`,
			en: `${host}:${port} cannot be opened (${reason})`,
		}
		const key = `listen.${name}`
		return fault('ports', detail, mendOf(reason ?? '', key, port), name)
	})
}

function mendOf(reason: string, key: string, port: number) {
	if (reason === 'EADDRINUSE') {
		const who = `sudo ss -lntup sport = :${port}`
		return {
			ko: `${who}가 알려 주는 프로그램을 끝내거나, maru.yaml의 ${key}를 바꾸십시오`,
			en: `${who} names the program to end; or change ${key} in maru.yaml`,
		}
	}
	if (reason === 'EACCES') {
		return {
			ko: `1024 이상의 포트를 쓰십시오: maru.yaml의 ${key}`,
			en: `use a port of 1024 or above: ${key} in maru.yaml`,
		}
	}
	return { ko: `이 PC의 주소가 아닙니다: maru.yaml의 ${key}`, en: `no address of this machine: ${key} in maru.yaml` }
}

function addressFinding({ publicUrl, resolved, addresses, proxied }: Network): Finding {
	const key = { ko: 'maru.yaml의 publicUrl', en: 'publicUrl in maru.yaml' }
	if (isUnread(resolved)) {
		const detail = {
			ko: `${publicUrl}: 이름을 찾을 수 없습니다 (${resolved.unread})`,
			en: `${publicUrl}: nobody knows this name (${resolved.unread})`,
		}
		const mend = {
			ko: `시청 DNS에 이 이름을 등록하거나 ${key.ko}`,
			en: `have the name entered in the city's DNS, or change ${key.en}`,
		}
		return fault('address', detail, mend)
	}
	const here = resolved.some(
		(address) => addresses.includes(address) || address.startsWith('127.') || address === '::1',
	)
	if (here || proxied) return ok('address', publicUrl)
	const detail = {
		ko: `${publicUrl}은(는) ${resolved.join(', ')}로, 이 PC(${addresses.join(', ')})가 아닙니다`,
		en: `${publicUrl} is ${resolved.join(', ')}, not this machine (${addresses.join(', ')})`,
	}
	return advice('address', detail, {
		ko: `앞에 프록시나 NAT가 있으면 괜찮습니다. 아니면 DNS나 ${key.ko}`,
		en: `right behind a proxy or NAT; else mend the DNS entry or ${key.en}`,
	})
}

function announceFinding({ announced, addresses }: Network): Finding[] {
	const foreign = announced.filter((address) => isIP(address) === 4 && !addresses.includes(address))
	if (foreign.length === 0) return []
	const detail = {
		ko: `미디어 주소 ${foreign.join(', ')}은(는) 이 PC의 것이 아닙니다`,
		en: `media is announced at ${foreign.join(', ')}, which is not of this machine`,
	}
	const mend = {
		ko: 'NAT가 아니면 maru.yaml의 listen.media.announce를 [auto]로',
		en: 'unless there is a NAT: listen.media.announce: [auto] in maru.yaml',
	}
	return [advice('network', detail, mend, 'media')]
}

function otherFinding(check: Check, key: string, at: string, reason: string | null): Finding {
	if (reason === null) return ok(check, at)
	const detail = { ko: `${at}이(가) 대답하지 않습니다 (${reason})`, en: `${at} does not answer (${reason})` }
	return fault(check, detail, {
		ko: `그 서버와 방화벽, maru.yaml의 ${key}를 확인하십시오`,
		en: `look at that server, the firewall, and ${key} in maru.yaml`,
	})
}

export async function readNetwork(config: Config, running: boolean): Promise<Network> {
	const publicUrl = publicOrigin(config)
	const host = hostOf(publicUrl)
	const others = await Promise.all(
		servers(config).map(async ({ check, key, at, udp }) => {
			const [name = '', port = ''] = at.split(/:(?=\d+$)/)
			// A datagram that nobody has to answer proves nothing.
			const reason = udp ? await unresolved(name) : await tcpFault(name, Number(port))
			return { check, key, at, fault: reason }
		}),
	)
	return {
		addresses: localAddresses(),
		ports: running ? null : await probePorts(config.listen),
		publicUrl,
		resolved: isIP(host) ? [host] : await resolves(host),
		announced: config.listen.media.announce.filter((address) => address !== 'auto'),
		proxied: config.listen.proxies.length > 0,
		others,
	}
}

async function unresolved(name: string): Promise<string | null> {
	const found = await resolves(name)
	return isUnread(found) ? found.unread : null
}

function servers({ turn, counsel }: Config) {
	const turns = (turn?.urls ?? []).flatMap((url) => {
		const [, scheme, host, port, query = ''] = /^(turns?):([^:?]+)(?::(\d+))?(\?.*)?$/.exec(url) ?? []
		if (!host) return []
		const tls = scheme === 'turns'
		return [
			{
				...{ check: 'turn' as const, key: 'turn.urls', at: `${host}:${port ?? (tls ? 5349 : 3478)}` },
				udp: !tls && !query.includes('transport=tcp'),
			},
		]
	})
	const sms = counsel?.sms && URL.canParse(counsel.sms.url) ? new URL(counsel.sms.url) : null
	const gateway = sms && {
		...{ check: 'sms' as const, key: 'counsel.sms.url', udp: false },
		at: `${sms.hostname}:${sms.port || (sms.protocol === 'https:' ? 443 : 80)}`,
	}
	return gateway ? [...turns, gateway] : turns
}
