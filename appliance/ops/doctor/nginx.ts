import { X509Certificate } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { publicOrigin } from '../../config-ports.ts'
import type { Config } from '../../config-schema.ts'
import { type Finding, fault, ok } from './finding.ts'
import { reasonOf } from './reading.ts'

/** nginx before us, as nginx/maru-relay.conf sets it up: whether it says what maru.yaml says. */

export interface Nginx {
	/** Which file; null: none of this machine's speaks of Maru. */
	file: string | null
	names: readonly string[]
	/** Where it hands on to. */
	upstream: number | null
	segments: string | null
	certificate: { path: string; until: number | null } | null
	/** Of maru.yaml. */
	wanted: { host: string; port: number; segments: string | null }
	/** It is on this very machine, by `listen.proxies`. */
	here: boolean
	now: number
}

export function judgeNginx(read: Nginx | null): Finding[] {
	if (!read) return []
	const { file, names, upstream, segments, certificate, wanted, here, now } = read
	if (file === null) {
		// It may stand on another machine, whose files are not ours to read.
		if (!here) return []
		const detail = { ko: '설정이 /etc/nginx에 없습니다', en: 'it is not set up in /etc/nginx' }
		return [
			fault(
				'nginx',
				detail,
				'sudo cp nginx/maru-relay.conf /etc/nginx/conf.d/ && sudo nginx -t && sudo systemctl reload nginx',
			),
		]
	}
	const edit = (line: string) => `${file}: ${line}; sudo nginx -t && sudo systemctl reload nginx`
	const faults = [
		...(names.includes(wanted.host)
			? []
			: [
					fault(
						'nginx',
						{ ko: `server_name에 ${wanted.host}이(가) 없습니다`, en: `its server_name is not ${wanted.host}` },
						edit(`server_name ${wanted.host};`),
					),
				]),
		...(upstream === wanted.port
			? []
			: [
					fault(
						'nginx',
						{
							ko: `포트 ${upstream}로 보내지만 서비스는 ${wanted.port}입니다`,
							en: `hands on to port ${upstream}, the service is at ${wanted.port}`,
						},
						edit(`server 127.0.0.1:${wanted.port};`),
					),
				]),
		...(wanted.segments === null || segments === wanted.segments
			? []
			: [
					fault(
						'nginx',
						{
							ko: `조각을 ${segments}에서 찾지만 서비스는 ${wanted.segments}에 씁니다`,
							en: `looks for segments in ${segments}, the service writes to ${wanted.segments}`,
						},
						edit(`default ${wanted.segments};`),
					),
				]),
		...(certificate?.until != null && certificate.until < now
			? [
					fault(
						'nginx',
						{
							ko: `인증서가 만료되었습니다: ${certificate.path}`,
							en: `its certificate has expired: ${certificate.path}`,
						},
						edit('ssl_certificate'),
					),
				]
			: []),
	]
	return faults.length > 0 ? faults : [ok('nginx', file)]
}

/** Null: maru.yaml speaks of none. */
export function readNginx(config: Config, folder = '/etc/nginx'): Nginx | null {
	const { proxies, http } = config.listen
	const { segmentsDir } = config.relay
	if (proxies.length === 0 && segmentsDir === undefined) return null
	const found = globSync(['conf.d/*.conf', 'sites-enabled/*'], { cwd: folder })
		.map((name) => `${folder}/${name}`)
		.map((file) => ({ file, text: textOf(file) }))
		.find(({ text }) => /upstream\s+maru\s*\{/.test(text))
	const text = (found?.text ?? '').replace(/#.*$/gm, '')
	const one = (pattern: RegExp) => pattern.exec(text)?.[1] ?? null
	const path = one(/ssl_certificate\s+(\S+);/)
	return {
		file: found?.file ?? null,
		names: (one(/server_name\s+([^;]+);/) ?? '').split(/\s+/),
		upstream: Number(one(/upstream\s+maru\s*\{\s*server\s+\S+:(\d+)/)) || null,
		segments: one(/map\s+""\s+\$maru_segments\s*\{\s*default\s+(\S+);/),
		certificate: path === null ? null : { path, until: untilOf(path) },
		wanted: { host: new URL(publicOrigin(config)).hostname, port: http.port, segments: segmentsDir ?? null },
		here: proxies.some((address) => address.startsWith('127.') || address === '::1'),
		now: Date.now(),
	}
}

function textOf(file: string): string {
	try {
		return readFileSync(file, 'utf8')
	} catch (error) {
		return reasonOf(error)
	}
}

/** Null: not ours to read. */
function untilOf(path: string): number | null {
	try {
		return Date.parse(new X509Certificate(readFileSync(path)).validTo)
	} catch {
		return null
	}
}
